using System.Collections.Immutable;
using Agents.Training.Loops;

namespace Agents.Training.Guards;

/// <summary>What a guard says about one step.</summary>
public sealed record GuardReport
{
    /// <summary>Gets the measured numbers by the name they have in the metrics file, for example <c>guard.repetition</c>.</summary>
    public ImmutableSortedDictionary<string, double> Numbers { get; init; } = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);

    /// <summary>Gets one sentence with the number, the limit and the way out; null when nothing is wrong.</summary>
    public string? Warning { get; init; }

    /// <summary>Gets the reason to end the run; null to go on. With a reason, <see cref="Warning"/> is the explanation.</summary>
    public ReinforcementStop? Stop { get; init; }

    /// <summary>Returns a report with one number and nothing to complain about.</summary>
    /// <param name="name">Name of the number.</param>
    /// <param name="value">The number; left out when it is not finite.</param>
    public static GuardReport Of(string name, double value) =>
        double.IsFinite(value)
            ? new GuardReport { Numbers = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add(name, value) }
            : new GuardReport();
}
