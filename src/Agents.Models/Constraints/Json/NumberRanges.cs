using System.Globalization;
using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Json;

/// <summary>
/// Numbers between bounds, digit by digit. Integers are exact up to 18 digits. Other numbers have a whole part between the bounds and a fraction; between
/// bounds that are no whole numbers only a part of the range is written, and when nothing is left the schema is refused.
/// </summary>
/// <param name="json">Receives the states.</param>
internal sealed class NumberRanges(JsonGrammar json)
{
    private const long Usual = 999_999_999_999_999;
    private const long Largest = 999_999_999_999_999_999;
    private const int FractionDigits = 10;

    private readonly GrammarBuilder _builder = json.Builder;

    /// <summary>Adds integers between bounds.</summary>
    public void AddIntegers(int from, NumberBounds bounds, int to)
    {
        (long low, long high) = Whole(bounds);
        if (high >= 0 && low <= high)
        {
            AddNaturals(from, Math.Max(low, 0), high, to);
        }

        if (low < 0 && low <= high)
        {
            int signed = _builder.AddText(from, "-");
            AddNaturals(signed, Math.Max(1, -high), -low, to);
        }
    }

    /// <summary>Adds numbers between bounds.</summary>
    /// <exception cref="ConstraintException">There is no whole number at or between the bounds to start from.</exception>
    public void AddNumbers(int from, NumberBounds bounds, int to, string path)
    {
        bool any = false;
        decimal low = bounds.Minimum ?? -Usual;
        decimal high = bounds.Maximum ?? Usual;
        if (high >= 0)
        {
            any |= AddMagnitudes(from, Math.Max(low, 0), bounds.ExcludesMinimum && low >= 0, high, bounds.ExcludesMaximum, to);
        }

        if (low < 0)
        {
            int signed = _builder.AddText(from, "-");
            any |= AddMagnitudes(signed, Math.Max(-high, 0), bounds.ExcludesMaximum && high <= 0, -low, bounds.ExcludesMinimum, to);
        }

        if (!any && low <= high)
        {
            throw SchemaReader.Error(path, string.Create(
                CultureInfo.InvariantCulture, $"has a range from {low} to {high} without a whole number; such narrow ranges of numbers are not supported"));
        }
    }

    private static (long Low, long High) Whole(NumberBounds bounds)
    {
        decimal low = bounds.Minimum is { } least ? decimal.Ceiling(least) : -Usual;
        decimal high = bounds.Maximum is { } most ? decimal.Floor(most) : Usual;
        low += bounds.ExcludesMinimum && low == bounds.Minimum && low < Largest ? 1 : 0;
        high -= bounds.ExcludesMaximum && high == bounds.Maximum && high > -Largest ? 1 : 0;
        if (bounds.Maximum is null && low > Usual)
        {
            high = Largest;
        }

        if (bounds.Minimum is null && high < -Usual)
        {
            low = -Largest;
        }

        return low > Largest || high < -Largest ? (1, 0) : ((long)Math.Max(low, -Largest), (long)Math.Min(high, Largest));
    }

    /// <summary>Adds numbers without a sign.</summary>
    /// <returns>Whether there are any.</returns>
    private bool AddMagnitudes(int from, decimal low, bool excludesLow, decimal high, bool excludesHigh, int to)
    {
        (long first, long last) = Whole(new NumberBounds(low, false, high, false));
        if (first > last)
        {
            return false;
        }

        bool any = false;
        if (last > first)
        {
            // Whole parts behind which any fraction stays below the upper bound.
            int whole = _builder.AddState();
            if (!excludesLow || first > low)
            {
                AddNaturals(from, first, last - 1, whole);
            }
            else
            {
                AddNaturals(from, first + 1, last - 1, whole);
                int exact = _builder.AddState();
                AddNaturals(from, first, first, exact);
                int zeros = json.AddDigitsOf(_builder.AddText(exact, "."), '0', '0', 0, FractionDigits);
                int nonzero = _builder.AddState();
                _builder.AddBytes(zeros, '1', '9', nonzero);
                _builder.AddEmpty(json.AddDigits(nonzero, 0, 4), to);
            }

            _builder.AddEmpty(whole, to);
            _builder.AddEmpty(json.AddDigits(_builder.AddText(whole, "."), 1, FractionDigits), to);
            any = true;
        }

        bool lowest = excludesLow && last == low;
        bool highest = excludesHigh && last == high;
        if (!lowest && !highest)
        {
            AddNaturals(from, last, last, to);
            any = true;
        }

        return any;
    }

    /// <summary>Adds the integers of a range that starts at 0 or above; nothing when it is empty.</summary>
    private void AddNaturals(int from, long low, long high, int to)
    {
        long power = 1;
        for (int length = 1; length <= 18; length++)
        {
            long least = Math.Max(low, length == 1 ? 0 : power);
            long most = Math.Min(high, (power * 10) - 1);
            power *= 10;
            if (least <= most)
            {
                AddDigits(from, least.ToString(CultureInfo.InvariantCulture), most.ToString(CultureInfo.InvariantCulture), to);
            }
        }
    }

    /// <summary>Adds numbers of equal length between two of that length.</summary>
    private void AddDigits(int from, string low, string high, int to)
    {
        int length = low.Length;
        List<(int State, bool Low, bool High)> open = [(from, true, true)];
        for (int at = 0; at < length; at++)
        {
            Dictionary<(bool, bool), int> next = [];
            foreach ((int state, bool tightLow, bool tightHigh) in open)
            {
                int least = tightLow ? low[at] : '0';
                int most = tightHigh ? high[at] : '9';
                for (int digit = least; digit <= most; digit++)
                {
                    (bool, bool) key = (tightLow && digit == low[at], tightHigh && digit == high[at]);
                    if (!next.TryGetValue(key, out int target))
                    {
                        target = at == length - 1 ? to : _builder.AddState();
                        next.Add(key, target);
                    }

                    _builder.AddBytes(state, digit, digit, target);
                }
            }

            open = [.. next.Select(entry => (entry.Value, entry.Key.Item1, entry.Key.Item2))];
        }
    }
}
