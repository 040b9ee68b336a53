using Agents.Replication;

namespace Agents.Plugins.SelfAggregation.Replication;

/// <summary>Sizes of the check.</summary>
/// <param name="Items">Test questions per family.</param>
/// <param name="SweepItems">Test questions per family and temperature of the diversity sweep.</param>
/// <param name="Examples">Training examples per family.</param>
/// <param name="Epochs">How often they are gone through.</param>
internal sealed record AggregationScale(int Items, int SweepItems, int Examples, int Epochs)
{
    /// <summary>Candidates, n.</summary>
    public const int Candidates = 3;

    /// <summary>Sampling temperature of all arms, T_s.</summary>
    public const double Temperature = 0.8;

    /// <summary>Most tokens of a completion.</summary>
    public const int MaximumTokens = 192;

    /// <summary>Families whose answers have several slots.</summary>
    public static IReadOnlyList<string> MultiSlot { get; } = ["lookup", "transform"];

    /// <summary>The family whose answers are one number.</summary>
    public const string SingleSlot = "arithmetic";

    /// <summary>Temperatures of the sweep; the arms' own is among them.</summary>
    public static IReadOnlyList<double> Temperatures { get; } = [0.2, 0.5, Temperature, 1.0];

    /// <summary>Returns the sizes of a profile.</summary>
    /// <param name="profile">The profile.</param>
    public static AggregationScale Of(ReplicationProfile profile) => profile == ReplicationProfile.Full ? new(350, 100, 500, 2) : new(20, 8, 80, 1);
}
