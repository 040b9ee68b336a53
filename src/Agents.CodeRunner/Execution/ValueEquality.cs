using System.Collections;
using System.Globalization;
using System.Numerics;

namespace Agents.CodeRunner.Execution;

/// <summary>Compares what a call gave with what it should give: numbers by value whatever their type, sequences element by element.</summary>
internal static class ValueEquality
{
    private const double RelativeTolerance = 1e-9;

    /// <summary>Whether two values are the same.</summary>
    public static bool Same(object? left, object? right)
    {
        if (left is null || right is null)
        {
            return left is null && right is null;
        }

        if (IsNumber(left) && IsNumber(right))
        {
            return SameNumber(left, right);
        }

        return (left, right) switch
        {
            (string or char, string or char) => left.ToString() == right.ToString(),
            (IDictionary one, IDictionary other) => one.Count == other.Count && one.Keys.Cast<object>().All(key => other.Contains(key) && Same(one[key], other[key])),
            (not string, not string) when left is IEnumerable one && right is IEnumerable other => SameSequence(one, other),
            _ => left.Equals(right),
        };
    }

    private static bool SameSequence(IEnumerable left, IEnumerable right)
    {
        IEnumerator one = left.GetEnumerator();
        IEnumerator other = right.GetEnumerator();
        while (one.MoveNext())
        {
            if (!other.MoveNext() || !Same(one.Current, other.Current))
            {
                return false;
            }
        }

        return !other.MoveNext();
    }

    private static bool IsNumber(object value) => value is sbyte or byte or short or ushort or int or uint or long or ulong or nint or nuint or float or double or decimal or BigInteger;

    private static bool SameNumber(object left, object right)
    {
        if (left is float or double || right is float or double)
        {
            double one = Convert.ToDouble(left is BigInteger a ? (double)a : left, CultureInfo.InvariantCulture);
            double other = Convert.ToDouble(right is BigInteger b ? (double)b : right, CultureInfo.InvariantCulture);
            return one.Equals(other) || Math.Abs(one - other) <= RelativeTolerance * Math.Max(Math.Abs(one), Math.Abs(other));
        }

        return left is decimal || right is decimal
            ? Convert.ToDecimal(left, CultureInfo.InvariantCulture) == Convert.ToDecimal(right, CultureInfo.InvariantCulture)
            : Whole(left) == Whole(right);
    }

    private static BigInteger Whole(object value) => value switch
    {
        BigInteger number => number,
        ulong number => number,
        nuint number => number,
        nint number => number,
        _ => Convert.ToInt64(value, CultureInfo.InvariantCulture),
    };
}
