using System.Collections.Immutable;

namespace Agents.Training.Progress;

/// <summary>What one step of any training loop did, as numbers by name: what the metrics file stores and what screens and reports draw.</summary>
public interface IStepReport
{
    /// <summary>Gets the steps done.</summary>
    long Step { get; }

    /// <summary>Gets the steps planned.</summary>
    long Steps { get; }

    /// <summary>Gets one sentence per thing that a guard found wrong with the step.</summary>
    ImmutableArray<string> Warnings { get; }

    /// <summary>Returns the numbers of the step by unique name; those that are not finite are left out.</summary>
    IEnumerable<KeyValuePair<string, double>> Numbers();
}
