namespace Agents.Models.Sampling;

/// <summary>A token that may still be drawn. Orders by descending logit, then by ascending id.</summary>
/// <param name="Logit">Logit after the stages that ran so far.</param>
/// <param name="Id">Token id.</param>
public readonly record struct Candidate(double Logit, int Id) : IComparable<Candidate>
{
    /// <summary>Whether the left one comes earlier.</summary>
    /// <param name="left">One candidate.</param>
    /// <param name="right">Another candidate.</param>
    public static bool operator <(Candidate left, Candidate right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one comes later.</summary>
    /// <param name="left">One candidate.</param>
    /// <param name="right">Another candidate.</param>
    public static bool operator >(Candidate left, Candidate right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one comes earlier or is equal.</summary>
    /// <param name="left">One candidate.</param>
    /// <param name="right">Another candidate.</param>
    public static bool operator <=(Candidate left, Candidate right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one comes later or is equal.</summary>
    /// <param name="left">One candidate.</param>
    /// <param name="right">Another candidate.</param>
    public static bool operator >=(Candidate left, Candidate right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Candidate other)
    {
        int byLogit = other.Logit.CompareTo(Logit);
        return byLogit != 0 ? byLogit : Id.CompareTo(other.Id);
    }
}
