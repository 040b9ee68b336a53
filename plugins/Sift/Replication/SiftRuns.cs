using Agents.Replication;

namespace Agents.Plugins.Sift.Replication;

/// <summary>All runs of a condition by arm, one per seed.</summary>
internal sealed class SiftRuns(SiftCondition condition)
{
    private readonly List<ArmRun> _all = [];

    /// <summary>Gets all runs, in the order in which they were added.</summary>
    public IReadOnlyList<ArmRun> All => _all;

    /// <summary>Adds a run.</summary>
    /// <param name="run">The run.</param>
    public void Add(ArmRun run) => _all.Add(run);

    /// <summary>Returns the runs of an arm.</summary>
    /// <param name="arm">The arm.</param>
    public IReadOnlyList<ArmRun> Of(string arm) => [.. _all.Where(run => run.Arm == condition.Of(arm))];

    /// <summary>Returns the observations of an arm, all seeds.</summary>
    /// <param name="arm">The arm.</param>
    public IReadOnlyList<Observation> Rows(string arm) => [.. Of(arm).SelectMany(run => run.Rows).Select(row => row.Seen)];

    /// <summary>Returns the accuracy of an arm over all seeds.</summary>
    /// <param name="arm">The arm.</param>
    public double Accuracy(string arm) => Share(Rows(arm), IsRight);

    /// <summary>Returns the share of observations that fulfil a condition; NaN without any.</summary>
    /// <param name="rows">Observations.</param>
    /// <param name="condition">The condition.</param>
    public static double Share(IReadOnlyList<Observation> rows, Func<Observation, bool> condition) => rows.Count == 0 ? double.NaN : rows.Count(condition) / (double)rows.Count;

    /// <summary>Returns whether a response was right.</summary>
    /// <param name="row">The observation.</param>
    public static bool IsRight(Observation row) => row.Correct == true;

    /// <summary>Returns whether a value is one.</summary>
    /// <param name="row">The observation.</param>
    /// <param name="name">Name of the value.</param>
    public static bool Is(Observation row, string name) => row.Values.GetValueOrDefault(name) > 0.5;
}
