namespace Agents.Models.Constraints.Automata;

/// <summary>One way to have read the text so far.</summary>
/// <param name="State">State of the grammar, one that reads a byte next.</param>
/// <param name="Stack">Where its calls return to.</param>
internal readonly record struct Position(int State, StackNode Stack) : IComparable<Position>
{
    public int CompareTo(Position other)
    {
        int byState = State.CompareTo(other.State);
        return byState != 0 ? byState : Stack.Id.CompareTo(other.Stack.Id);
    }
}
