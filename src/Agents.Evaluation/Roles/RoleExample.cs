using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>One training example of a role before rendering: the prompt's name and variables, and the text to be learned.</summary>
public sealed record RoleExample
{
    /// <summary>Gets the role, one of <see cref="RoleNames"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Gets the name of the prompt; empty means that variable "question" is the user's message.</summary>
    public required string Prompt { get; init; }

    /// <summary>Gets the prompt's variables: strings, numbers, and lists of dictionaries of these.</summary>
    public required IReadOnlyDictionary<string, object?> Variables { get; init; }

    /// <summary>Gets the turns of the conversation before the prompt, in order.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyList<RoleTurn> Earlier { get; init; } = [];

    /// <summary>Gets the text to be learned.</summary>
    public required string Target { get; init; }

    /// <summary>Gets what is wrong with the target.</summary>
    /// <value>Default <see cref="CorruptionKind.None"/>: the target is right.</value>
    public CorruptionKind TargetCorruption { get; init; }

    /// <summary>Gets what is wrong with each solution that the prompt shows, in order; empty when it shows none.</summary>
    public IReadOnlyList<CorruptionKind> InputCorruptions { get; init; } = [];

    /// <summary>Gets the item that the example was written from.</summary>
    public required TaskItem Item { get; init; }
}
