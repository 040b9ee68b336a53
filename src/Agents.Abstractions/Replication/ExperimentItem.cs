namespace Agents.Replication;

/// <summary>One question of an experiment. Strategies see <see cref="Question"/> alone; the rest is for grading and for oracle arms.</summary>
/// <param name="Id">Id, unique in a run: pairs and journals go by it.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The right answer (one of them where several are).</param>
public sealed record ExperimentItem(string Id, string Question, string Answer)
{
    /// <summary>Gets the task family.</summary>
    public required string Family { get; init; }

    /// <summary>Gets the level of difficulty.</summary>
    public required int Difficulty { get; init; }

    /// <summary>Gets a complete right solution, ending in the line of the answer.</summary>
    public required string Solution { get; init; }

    /// <summary>Gets the parts of the answer.</summary>
    public IReadOnlyList<string> Slots { get; init; } = [];

    /// <summary>Gets the facts that the question gives; the last one is what is asked.</summary>
    public IReadOnlyList<string> Facts { get; init; } = [];

    /// <summary>Gets the hidden tests that decide whether a program is right, in order, written like <c>f(3)=6</c>; empty where answers are compared.</summary>
    public IReadOnlyList<string> Tests { get; init; } = [];

    /// <summary>Gets all right answers with their reference probabilities, where the family has such a law; otherwise empty.</summary>
    public IReadOnlyDictionary<string, double> Distribution { get; init; } = new Dictionary<string, double>();
}
