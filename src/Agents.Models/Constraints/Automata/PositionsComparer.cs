namespace Agents.Models.Constraints.Automata;

/// <summary>Compares states by what they stand for.</summary>
internal sealed class PositionsComparer : IEqualityComparer<AutomatonState>
{
    public static PositionsComparer Instance { get; } = new();

    public bool Equals(AutomatonState? x, AutomatonState? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.Completes == y.Completes && x.Positions.AsSpan().SequenceEqual(y.Positions));

    public int GetHashCode(AutomatonState obj)
    {
        HashCode hash = default;
        hash.Add(obj.Completes);
        foreach (Position position in obj.Positions)
        {
            hash.Add(position.State);
            hash.Add(position.Stack.Id);
        }

        return hash.ToHashCode();
    }
}
