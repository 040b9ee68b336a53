namespace Agents.Models.Constraints.Json;

/// <summary>Range of a number.</summary>
/// <param name="Minimum">Least value; null for none.</param>
/// <param name="ExcludesMinimum">Whether the least value itself is not allowed.</param>
/// <param name="Maximum">Largest value; null for none.</param>
/// <param name="ExcludesMaximum">Whether the largest value itself is not allowed.</param>
internal readonly record struct NumberBounds(decimal? Minimum, bool ExcludesMinimum, decimal? Maximum, bool ExcludesMaximum)
{
    public static NumberBounds None { get; } = new(null, false, null, false);

    public bool IsNone => Minimum is null && Maximum is null;

    public NumberBounds AtLeast(decimal value, bool excluded) =>
        Minimum is null || value > Minimum || (value == Minimum && excluded) ? this with { Minimum = value, ExcludesMinimum = excluded } : this;

    public NumberBounds AtMost(decimal value, bool excluded) =>
        Maximum is null || value < Maximum || (value == Maximum && excluded) ? this with { Maximum = value, ExcludesMaximum = excluded } : this;
}
