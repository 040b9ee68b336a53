using Agents.Replication;

namespace Agents.Plugins.CodePipeline.Replication;

/// <summary>How large the check is. One setting serves all arms.</summary>
/// <param name="Items">Questions.</param>
/// <param name="Conversations">Role conversations that the team's adapter is trained on, per seed.</param>
/// <param name="Attempts">Training questions of the two vague levels that the model tries; its wrong programs become repair data.</param>
internal sealed record CodeScale(int Items, int Conversations, int Attempts)
{
    /// <summary>How often the data is gone through.</summary>
    public const int Epochs = 2;

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
    public static CodeScale Of(ReplicationProfile profile) => profile == ReplicationProfile.Full ? new CodeScale(400, 6_000, 3_000) : new CodeScale(100, 2_000, 1_000);
}
