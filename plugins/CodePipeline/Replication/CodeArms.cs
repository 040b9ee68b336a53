using Agents.Replication;

namespace Agents.Plugins.CodePipeline.Replication;

/// <summary>The arms and their runs.</summary>
internal sealed class CodeArms
{
    /// <summary>The coder alone.</summary>
    public const string Basic = "basic";

    /// <summary>Analyst and coder.</summary>
    public const string Planned = "AC";

    /// <summary>Analyst, coder and tester.</summary>
    public const string Tested = "ACT";

    /// <summary>Repairs that see the block visits of the failing test with their values.</summary>
    public const string Real = "debug: real trace";

    /// <summary>Repairs that see the source a second time in the place of the trace.</summary>
    public const string Source = "debug: source as trace";

    /// <summary>Repairs that see the failing test only.</summary>
    public const string TestOnly = "debug: test only";

    /// <summary>New programs until the visible tests pass, at most as many calls as a debug arm may make.</summary>
    public const string Resample = "resample, same limit";

    /// <summary>The same, cut on each question at the calls that the real-trace arm made on it.</summary>
    public const string Matched = "resample, same calls";

    /// <summary>What the names of arms without adapter begin with.</summary>
    public const string Bare = "no adapter, ";

    private readonly List<ArmRun> _runs = [];

    /// <summary>Gets all runs, equal arms together.</summary>
    public IReadOnlyList<ArmRun> All => [.. _runs.GroupBy(run => run.Arm).SelectMany(group => group)];

    /// <summary>Gets the names of the arms in the order in which they ran.</summary>
    public IReadOnlyList<string> Names => [.. _runs.Select(run => run.Arm).Distinct()];

    /// <summary>Gets the runs of an arm.</summary>
    /// <param name="arm">Its name.</param>
    public IReadOnlyList<ArmRun> this[string arm] => [.. _runs.Where(run => run.Arm == arm)];

    /// <summary>Adds a run.</summary>
    /// <param name="run">The run.</param>
    public void Add(ArmRun run) => _runs.Add(run);

    /// <summary>Adds the reading of a resampling run that stops on each question at the calls of another run.</summary>
    /// <param name="name">Name of the reading.</param>
    /// <param name="resample">The resampling run.</param>
    /// <param name="guide">The run whose calls count.</param>
    public void AddMatched(string name, ArmRun resample, ArmRun guide) => Add(new ArmRun(name, resample.Seed, [.. resample.Rows.Zip(guide.Rows, (row, other) => (row.Item, Cut(row.Seen, other.Seen.Calls)))]));

    /// <summary>Returns the share of right answers of an arm, all seeds together.</summary>
    /// <param name="arm">The arm.</param>
    public double Accuracy(string arm) => this[arm].Select(run => run.Accuracy).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Returns the mean of a value over all rows of an arm that have it.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="value">Name of the value.</param>
    public double Mean(string arm, string value) => this[arm].SelectMany(run => run.Rows).Where(row => row.Seen.Values.ContainsKey(value)).Select(row => row.Seen.Values[value]).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Returns the share of programs right by all tests, visible and hidden, over the share right by the small set.</summary>
    /// <param name="arm">The arm.</param>
    public double Retention(string arm) => Mean(arm, CodeBench.LargeSet) / Mean(arm, CodeBench.SmallSet);

    /// <summary>Returns the mean calls per question of an arm.</summary>
    /// <param name="arm">The arm.</param>
    public double Calls(string arm) => this[arm].SelectMany(run => run.Rows).Select(row => (double)row.Seen.Calls).DefaultIfEmpty(double.NaN).Average();

    private static Observation Cut(Observation seen, int calls)
    {
        int taken = Math.Clamp(calls, 1, CodeScale.Repairs + 1);
        return new Observation
        {
            Correct = seen.Values[CodeBench.RightAfter(taken)] > 0,
            Calls = Math.Min(taken, seen.Calls),
            Values = new Dictionary<string, double> { [CodeBench.SmallSet] = seen.Values[CodeBench.SmallAfter(taken)], [CodeBench.LargeSet] = seen.Values[CodeBench.LargeAfter(taken)] },
        };
    }
}
