namespace Agents.Models.Constraints.Automata;

/// <summary>Where the calls of a position return to. Equal stacks are one object.</summary>
/// <param name="id">Number of the object, for ordering and hashing.</param>
/// <param name="return">State to return to; negative at the bottom.</param>
/// <param name="parent">What lies below; null at the bottom.</param>
/// <param name="depth">Number of calls.</param>
/// <param name="distance">Fewest bytes from the return until everything is through.</param>
internal sealed class StackNode(int id, int @return, StackNode? parent, int depth, long distance)
{
    /// <summary>Depth of the bottom under which the rest of a stack is unknown: far below zero, so that no limit is met.</summary>
    public const int UnknownDepth = -(1 << 24);

    public int Id { get; } = id;

    public int Return { get; } = @return;

    public StackNode? Parent { get; } = parent;

    public int Depth { get; } = depth;

    public long Distance { get; } = distance;

    public bool IsBottom => Parent is null;
}
