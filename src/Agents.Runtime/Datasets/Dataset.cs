namespace Agents.Runtime.Datasets;

/// <summary>Training sets and how they came about.</summary>
/// <param name="Supervised">Conversations to imitate.</param>
/// <param name="Preferences">Pairs.</param>
/// <param name="Values">Conversations with values.</param>
/// <param name="Questions">Questions with answers.</param>
/// <param name="Report">Counts.</param>
public sealed record Dataset(
    IReadOnlyList<DatasetLine> Supervised, IReadOnlyList<DatasetLine> Preferences, IReadOnlyList<DatasetLine> Values, IReadOnlyList<DatasetLine> Questions, DatasetReport Report)
{
    /// <summary>Gets the sets by the names of their files.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<DatasetLine> Lines)> Sets => [("sft", Supervised), ("preference", Preferences), ("value", Values), ("question", Questions)];
}
