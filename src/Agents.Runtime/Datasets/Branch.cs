using Agents.Runtime.Trajectories;

namespace Agents.Runtime.Datasets;

/// <summary>A text of a trajectory with its value.</summary>
/// <param name="Trajectory">The trajectory.</param>
/// <param name="Node">The call.</param>
/// <param name="Value">Its value.</param>
/// <param name="ValueFrom">What the value is.</param>
internal sealed record Branch(Trajectory Trajectory, TrajectoryNode Node, double Value, string ValueFrom)
{
    /// <summary>Gets the model role.</summary>
    public string Role { get; } = Node.Role ?? Node.Name;

    /// <summary>Gets the text.</summary>
    public string Text { get; } = Node.Text!;

    /// <summary>Gets the prompt.</summary>
    public TrajectoryPrompt Prompt { get; } = Trajectory.Prompts[Node.Prompt!.Value];

    /// <summary>Gets what tells prompts apart: role and messages.</summary>
    public string PromptKey { get; } = KeyOf(Node.Role ?? Node.Name, Trajectory.Prompts[Node.Prompt!.Value]);

    /// <summary>Gets what siblings share: the prompt, and where the text continues another one, that text's call.</summary>
    public string SiblingKey => BranchValues.Read(Node) is { } read ? $"{PromptKey}\u0001{Trajectory.Id}/{read}" : PromptKey;

    /// <summary>Gets whether the text was cut off, so that it has no end to learn.</summary>
    public bool IsTruncated => Node.Tokens is { Finish: "length" or "contextFull" or "cancelled" } || Node.Notes?.GetValueOrDefault("finish") == "length";

    /// <summary>Gets the fingerprint of the tokenizer; null where there are no exact tokens.</summary>
    public string? Tokenizer => Prompt.Tokens is not null && Node.Tokens is not null ? Trajectory.Tokenizers.GetValueOrDefault(Role) : null;

    /// <summary>Gets whether the prompt can be trained on: as text, or as tokens.</summary>
    public bool IsReadable => Tokenizer is not null || Prompt.Messages.All(message => message.Other is null);

    /// <summary>Gets the text without differences of case and blanks.</summary>
    public string Normalized => string.Join(' ', Text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Returns where a line of these branches comes from.</summary>
    /// <param name="others">Further texts of the line.</param>
    public DatasetLineage Lineage(params Branch[] others) => new(Trajectory.Id, [Node.Id, .. others.Select(other => other.Node.Id)])
    {
        Task = Trajectory.Task.Id.Length > 0 ? Trajectory.Task.Id : null,
        Strategy = Trajectory.Strategy,
        Role = Role,
        Model = Node.Model ?? Trajectory.Model,
        Generation = Node.Tokens?.Generation ?? Trajectory.Generation,
        Time = Trajectory.Time,
        ValueFrom = ValueFrom,
        Correct = Node.Reward is { } reward ? reward >= 1 : null,
    };

    private static string KeyOf(string role, TrajectoryPrompt prompt) =>
        role + "\u0001" + string.Join('\u0001', prompt.Messages.Select(message => $"{message.Role}\u0002{message.Content}"));
}
