namespace Agents.Replication;

/// <summary>All observations of one arm with one seed, in the order of the items.</summary>
/// <param name="Arm">Name of the arm.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Rows">Item and observation.</param>
public sealed record ArmRun(string Arm, ulong Seed, IReadOnlyList<(ExperimentItem Item, Observation Seen)> Rows)
{
    /// <summary>Gets the share of right responses among the judged; 0 without any.</summary>
    public double Accuracy => Rows.Any(row => row.Seen.Correct is not null) ? Rows.Where(row => row.Seen.Correct is not null).Average(row => row.Seen.Correct == true ? 1.0 : 0) : 0;

    /// <summary>Returns the mean of a value over the rows that have it; NaN without any.</summary>
    /// <param name="name">Name of the value.</param>
    public double Mean(string name) => Rows.Where(row => row.Seen.Values.ContainsKey(name)).Select(row => row.Seen.Values[name]).DefaultIfEmpty(double.NaN).Average();
}
