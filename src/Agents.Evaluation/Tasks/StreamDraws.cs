namespace Agents.Evaluation.Tasks;

/// <summary>Draws that generators need beyond single numbers.</summary>
internal static class StreamDraws
{
    /// <summary>Draws one element.</summary>
    public static T Pick<T>(this ref SampleStream stream, IReadOnlyList<T> values) => values[stream.NextInt(values.Count)];

    /// <summary>Draws an integer of [low, high].</summary>
    public static int Between(this ref SampleStream stream, int low, int high) => low + stream.NextInt(high - low + 1);

    /// <summary>True with the given probability.</summary>
    public static bool Chance(this ref SampleStream stream, double probability) => stream.NextUnit() < probability;

    /// <summary>Draws an index in proportion to its weight.</summary>
    public static int PickWeighted(this ref SampleStream stream, IReadOnlyList<double> weights)
    {
        double total = 0;
        foreach (double weight in weights)
        {
            total += weight;
        }

        double at = stream.NextUnit() * total;
        int last = 0;
        for (int i = 0; i < weights.Count; i++)
        {
            if (weights[i] <= 0)
            {
                continue;
            }

            last = i;
            at -= weights[i];
            if (at < 0)
            {
                return i;
            }
        }

        return last;
    }

    /// <summary>Draws <paramref name="count"/> different elements in random order.</summary>
    public static T[] PickSome<T>(this ref SampleStream stream, IReadOnlyList<T> values, int count)
    {
        T[] copy = [.. values];
        stream.Shuffle<T>(copy);
        return copy[..count];
    }

    /// <summary>Draws an element that differs from <paramref name="other"/>; there must be one.</summary>
    public static T PickOther<T>(this ref SampleStream stream, IReadOnlyList<T> values, T other)
    {
        while (true)
        {
            T value = stream.Pick(values);
            if (!EqualityComparer<T>.Default.Equals(value, other))
            {
                return value;
            }
        }
    }
}
