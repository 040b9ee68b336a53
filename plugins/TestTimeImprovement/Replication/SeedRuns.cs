using Agents.Replication;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>What was run with one seed, and what follows from it: which of its two answers an item has is decided by the margin, and both are pure functions of seed and item.</summary>
internal sealed record SeedRuns
{
    /// <summary>Gets the answers of the unadapted model, with margins.</summary>
    public required ArmRun Plain { get; init; }

    /// <summary>Gets the answers of TT-SI where every item is improved.</summary>
    public required ArmRun All { get; init; }

    /// <summary>Gets TT-D.</summary>
    public required ArmRun Taught { get; init; }

    /// <summary>Gets the temporary adapters on right pairs.</summary>
    public required ArmRun Oracle { get; init; }

    /// <summary>Gets the temporary adapters on right pairs of other items.</summary>
    public required ArmRun Other { get; init; }

    /// <summary>Gets TT-ICL.</summary>
    public required ArmRun Shown { get; init; }

    /// <summary>Gets votes over as many samples as an improvement takes calls at most.</summary>
    public required ArmRun Votes { get; init; }

    /// <summary>Gets the temporary adapters on shuffled labels.</summary>
    public required ArmRun Noise { get; init; }

    /// <summary>Gets the adapter that was trained once on the pooled pairs; null where there were too few.</summary>
    public ArmRun? Pooled { get; init; }

    /// <summary>Gets the teacher's own answers.</summary>
    public required ArmRun Teacher { get; init; }

    /// <summary>Answers of an arm where the margin is below a threshold, plain ones elsewhere.</summary>
    /// <param name="name">Name of the composed arm.</param>
    /// <param name="improved">The arm.</param>
    /// <param name="tau">Threshold.</param>
    public ArmRun Unsure(string name, ArmRun improved, double tau) => Compose(name, improved, row => RankedMargins.Of(Plain, row) < tau);

    /// <summary>Gets the largest number of updates that a group of unsure and one of certain items can both have without sharing an item.</summary>
    public int EqualUpdates
    {
        get
        {
            int unsure = Enumerable.Range(0, Plain.Rows.Count).Count(row => RankedMargins.Of(Plain, row) < ImprovementPlan.Tau);
            return Math.Min(unsure, Plain.Rows.Count - unsure);
        }
    }

    /// <summary>Improves the items with the smallest margins.</summary>
    /// <param name="name">Name of the composed arm.</param>
    /// <param name="count">How many.</param>
    public ArmRun Least(string name, int count) => Compose(name, All, RankedMargins.Order(Plain).Take(count).ToHashSet().Contains);

    /// <summary>Improves the items with the largest margins.</summary>
    /// <param name="name">Name of the composed arm.</param>
    /// <param name="count">How many.</param>
    public ArmRun Most(string name, int count) => Compose(name, All, RankedMargins.Order(Plain).TakeLast(count).ToHashSet().Contains);

    /// <summary>Improves items by chance.</summary>
    /// <param name="name">Name of the composed arm.</param>
    /// <param name="count">How many.</param>
    public ArmRun Random(string name, int count)
    {
        int[] rows = [.. Enumerable.Range(0, Plain.Rows.Count)];
        var stream = new SampleStream(Plain.Seed, 61);
        stream.Shuffle(rows.AsSpan());
        return Compose(name, All, rows.Take(count).ToHashSet().Contains);
    }

    /// <summary>Puts an arm together from the answers of two.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="plain">Answers of the unadapted model.</param>
    /// <param name="improved">Answers of the other arm.</param>
    /// <param name="takes">Which rows come from the other arm.</param>
    public static ArmRun Composed(string name, ArmRun plain, ArmRun improved, Func<int, bool> takes) =>
        new(name, plain.Seed, [.. plain.Rows.Select((row, i) => takes(i) ? (row.Item, improved.Rows[i].Seen with { Values = Merged(row.Seen, improved.Rows[i].Seen) }) : row)]);

    private ArmRun Compose(string name, ArmRun improved, Func<int, bool> takes) => Composed(name, Plain, improved, takes);

    private static Dictionary<string, double> Merged(Observation plain, Observation improved)
    {
        var values = new Dictionary<string, double>(plain.Values);
        foreach ((string name, double value) in improved.Values)
        {
            values[name] = value;
        }

        return values;
    }
}
