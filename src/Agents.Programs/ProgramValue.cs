using System.Globalization;
using System.Text;

namespace Agents.Programs;

/// <summary>A value of the mini-language: an integer or a list of integers. Immutable; equal by content.</summary>
public readonly struct ProgramValue : IEquatable<ProgramValue>
{
    private readonly long _integer;
    private readonly long[]? _items;

    /// <summary>Creates an integer.</summary>
    /// <param name="value">The integer.</param>
    public ProgramValue(long value)
    {
        _integer = value;
    }

    private ProgramValue(long[] items)
    {
        _items = items;
    }

    /// <summary>Gets whether this is a list.</summary>
    public bool IsList => _items is not null;

    /// <summary>Gets the integer; 0 for a list.</summary>
    public long Integer => _integer;

    /// <summary>Gets the items of a list; empty for an integer.</summary>
    public ReadOnlySpan<long> Items => _items;

    /// <summary>Compares by content.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">Another value.</param>
    public static bool operator ==(ProgramValue left, ProgramValue right) => left.Equals(right);

    /// <summary>Compares by content.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">Another value.</param>
    public static bool operator !=(ProgramValue left, ProgramValue right) => !left.Equals(right);

    /// <summary>Creates a list; the items are copied.</summary>
    /// <param name="items">Its items.</param>
    public static ProgramValue List(params ReadOnlySpan<long> items) => new(items.ToArray());

    /// <inheritdoc/>
    public bool Equals(ProgramValue other) =>
        IsList == other.IsList && _integer == other._integer && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ProgramValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(_integer);
        foreach (long item in Items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <summary>Writes the value as the language spells it, such as 6 or [1,-2].</summary>
    public override string ToString()
    {
        if (_items is null)
        {
            return _integer.ToString(CultureInfo.InvariantCulture);
        }

        var text = new StringBuilder("[");
        for (int i = 0; i < _items.Length; i++)
        {
            text.Append(i > 0 ? "," : "").Append(_items[i].ToString(CultureInfo.InvariantCulture));
        }

        return text.Append(']').ToString();
    }

    internal static ProgramValue Own(long[] items) => new(items);
}
