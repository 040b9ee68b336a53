using Agents.Replication;

namespace Agents.Plugins.SelfAggregation.Replication;

/// <summary>All runs of the check by arm, in order of appearance.</summary>
internal sealed class AggregationArms
{
    /// <summary>One greedy call.</summary>
    public const string Greedy = "greedy";

    /// <summary>A vote over four samples.</summary>
    public const string Vote = "SC@4";

    /// <summary>Three samples and a trained choice.</summary>
    public const string Choose = "choose 3+1";

    /// <summary>Three samples and a trained aggregation: the method.</summary>
    public const string Aggregate = "GSA 3+1";

    /// <summary>The same without training.</summary>
    public const string Untrained = "GSA 3+1, untrained";

    /// <summary>Control (i): candidates of another question.</summary>
    public const string Blank = "blank candidates 3+1";

    /// <summary>Control (ii): the same number of steps on plain solutions, one greedy call.</summary>
    public const string Plain = "plain SFT, greedy";

    /// <summary>Control (ii) at equal calls.</summary>
    public const string PlainVote = "plain SFT, SC@4";

    /// <summary>Control (iii): candidates in random order.</summary>
    public const string Shuffled = "GSA 3+1, shuffled";

    /// <summary>A perfect choice among the three candidates of the method.</summary>
    public const string Oracle = "best-of-3 oracle";

    private readonly List<ArmRun> _runs = [];

    /// <summary>Gets all runs, equal arms together.</summary>
    public IReadOnlyList<ArmRun> All => [.. _runs.GroupBy(run => run.Arm).SelectMany(group => group)];

    /// <summary>Gets the runs of an arm.</summary>
    /// <param name="arm">Its name.</param>
    public IReadOnlyList<ArmRun> this[string arm] => [.. _runs.Where(run => run.Arm == arm)];

    /// <summary>Names the arm of a temperature of the sweep.</summary>
    /// <param name="temperature">The temperature.</param>
    public static string Sweep(double temperature) => FormattableString.Invariant($"sweep: GSA 3+1 at T {temperature}");

    /// <summary>Adds a run.</summary>
    /// <param name="run">The run.</param>
    public void Add(ArmRun run) => _runs.Add(run);

    /// <summary>Adds the oracle that belongs to a run of the method: right where any of its candidates is.</summary>
    /// <param name="run">The run.</param>
    public void AddOracle(ArmRun run) => Add(new ArmRun(Oracle, run.Seed, [.. run.Rows.Select(row => (row.Item, new Observation
    {
        Correct = row.Seen.Values["anyRight"] == 1, Calls = AggregationScale.Candidates,
    }))]));

    /// <summary>Returns the runs of an arm on some families only.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="families">The families.</param>
    public IReadOnlyList<ArmRun> On(string arm, params IReadOnlyList<string> families) =>
        [.. this[arm].Select(run => new ArmRun(arm, run.Seed, [.. run.Rows.Where(row => families.Contains(row.Item.Family))]))];

    /// <summary>Returns the mean of a value over all rows of an arm that have it; NaN without any.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="value">Name of the value.</param>
    /// <param name="families">Families; none for all.</param>
    public double Mean(string arm, string value, params IReadOnlyList<string> families) =>
        this[arm].SelectMany(run => run.Rows).Where(row => (families.Count == 0 || families.Contains(row.Item.Family)) && row.Seen.Values.ContainsKey(value))
            .Select(row => row.Seen.Values[value]).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Returns the accuracy of an arm.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="families">Families; none for all.</param>
    public double Accuracy(string arm, params IReadOnlyList<string> families) =>
        this[arm].SelectMany(run => run.Rows).Where(row => families.Count == 0 || families.Contains(row.Item.Family)).Select(row => row.Seen.Correct == true ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();
}
