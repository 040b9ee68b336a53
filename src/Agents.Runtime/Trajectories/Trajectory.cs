namespace Agents.Runtime.Trajectories;

/// <summary>
/// One finished request as it is recorded: the task, how it was to be answered, every call with kept and discarded texts and their exact tokens, and the answer.
/// One line of a <see cref="TrajectoryJournal"/>. Fields are added, never renamed; a change of meaning raises <see cref="TrajectoryFormat.Schema"/>.
/// </summary>
public sealed record Trajectory
{
    /// <summary>Gets the version of the format.</summary>
    public int Schema { get; init; } = TrajectoryFormat.Schema;

    /// <summary>Gets the id: a hash of the content, so that a record read twice counts once.</summary>
    public required string Id { get; init; }

    /// <summary>Gets when the request ended.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Gets what asked, for example <c>application</c>, <c>ask</c> or <c>eval</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Gets the task.</summary>
    public required TrajectoryTask Task { get; init; }

    /// <summary>Gets the strategy's id.</summary>
    public required string Strategy { get; init; }

    /// <summary>Gets the options.</summary>
    public required TrajectoryOptions Options { get; init; }

    /// <summary>Gets the limits.</summary>
    public required TrajectoryLimits Limits { get; init; }

    /// <summary>Gets what the request used.</summary>
    public required TrajectoryUsage Usage { get; init; }

    /// <summary>Gets why it ended: <c>completed</c>, <c>tokens</c>, <c>calls</c>, <c>duration</c>, <c>cost</c> or <c>cancelled</c>.</summary>
    public required string Stopped { get; init; }

    /// <summary>Gets the name of the default model; null when unknown.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the hash of the weights that answered; null where the backend does not give it.</summary>
    public string? Generation { get; init; }

    /// <summary>Gets the fingerprints of the tokenizers by role, for the roles whose calls have tokens.</summary>
    public IReadOnlyDictionary<string, string> Tokenizers { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the answer; null when a limit ended the request before there was any.</summary>
    public TrajectoryAnswer? Answer { get; init; }

    /// <summary>Gets the different prompts that calls read, in order of first use.</summary>
    public required IReadOnlyList<TrajectoryPrompt> Prompts { get; init; }

    /// <summary>Gets the trace tree, ids ascending from 0; the root comes first.</summary>
    public required IReadOnlyList<TrajectoryNode> Nodes { get; init; }
}
