using Agents.Replication;

namespace Agents.Plugins.CodePipeline.Replication;

/// <summary>How large the check is. One setting serves all arms.</summary>
/// <param name="Items">Questions.</param>
/// <param name="Conversations">Training conversations of the team's adapter, per seed.</param>
internal sealed record CodeScale(int Items, int Conversations)
{
    /// <summary>Repairs of every debug arm; resampling gets as many further programs.</summary>
    public const int Repairs = 6;

    /// <summary>Temperature of every call of every arm: at zero, a repair that changes nothing repeats for ever, and resampling is impossible.</summary>
    public const double Temperature = 0.7;

    /// <summary>Longest answer in tokens.</summary>
    public const int MaximumTokens = 128;

    /// <summary>Hidden tests that, with the visible ones, stand for a small public test set.</summary>
    public const int SmallSet = 5;

    /// <summary>The smallest difference worth knowing.</summary>
    public const double EffectOfInterest = 0.05;

    /// <summary>Gets the sizes of a profile.</summary>
    /// <param name="profile">The profile.</param>
    public static CodeScale Of(ReplicationProfile profile) => profile == ReplicationProfile.Full ? new CodeScale(250, 6_000) : new CodeScale(60, 1_200);
}
