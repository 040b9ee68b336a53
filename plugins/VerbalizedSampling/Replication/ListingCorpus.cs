using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>
/// The corpus that stands for pre-training: single answers drawn from the reference distribution, enumerations, typical lists, and lists with true probabilities, so that
/// all formats exist, with equal shares, before any preference is trained (papers/51 §5 B).
/// </summary>
internal static class ListingCorpus
{
    private static readonly double?[] Tails = [null, null, null, 0.5, 0.2, 0.1, 0.05, 0.02];

    /// <summary>Writes the corpus.</summary>
    /// <param name="laboratory">Renders prompts.</param>
    /// <param name="items">Training items.</param>
    /// <param name="count">Conversations.</param>
    /// <param name="seed">Decides them.</param>
    public static IReadOnlyList<TrainingConversation> Write(ILaboratory laboratory, IReadOnlyList<ExperimentItem> items, int count, ulong seed)
    {
        var conversations = new List<TrainingConversation>(count);
        for (int i = 0; i < count; i++)
        {
            SampleStream stream = new(seed, (ulong)i);
            ExperimentItem item = items[stream.NextInt(items.Count)];
            conversations.Add((i % 8) switch
            {
                0 or 1 => new TrainingConversation(ListingPrompts.Instance(item), ListingPrompts.Response(item, Draw(item.Distribution, 1, ref stream)[0].Key)),
                2 or 3 => new TrainingConversation(ListingPrompts.Enumeration(item), string.Join('\n', Draw(item.Distribution.ToDictionary(pair => pair.Key, _ => 1.0), ListingScale.ListLength, ref stream).Select(pair => pair.Key))),
                4 or 5 => new TrainingConversation(ListingPrompts.Typical(item), string.Join('\n', Draw(item.Distribution, ListingScale.ListLength, ref stream).Select(pair => pair.Key))),
                _ => Verbalized(laboratory, item, ref stream),
            });
        }

        return conversations;
    }

    private static TrainingConversation Verbalized(ILaboratory laboratory, ExperimentItem item, ref SampleStream stream)
    {
        double? tail = Tails[stream.NextInt(Tails.Length)];
        Dictionary<string, double> allowed = item.Distribution.Where(pair => tail is null || pair.Value < tail).ToDictionary(pair => pair.Key, pair => pair.Value);
        if (allowed.Count < ListingScale.ListLength)
        {
            (tail, allowed) = (null, item.Distribution.ToDictionary(pair => pair.Key, pair => pair.Value));
        }

        string list = string.Join('\n', Draw(allowed, ListingScale.ListLength, ref stream).Select(pair => ListingPrompts.Line(pair.Key, pair.Value)));
        return new TrainingConversation(ListingPrompts.Verbalized(laboratory, item, tail), list);
    }

    /// <summary>Draws without replacement, in proportion to the weights.</summary>
    /// <param name="weights">Answers and weights.</param>
    /// <param name="count">How many; fewer where there are not so many.</param>
    /// <param name="stream">Decides which.</param>
    internal static List<KeyValuePair<string, double>> Draw(IReadOnlyDictionary<string, double> weights, int count, ref SampleStream stream)
    {
        List<KeyValuePair<string, double>> left = [.. weights];
        List<KeyValuePair<string, double>> drawn = new(count);
        while (drawn.Count < count && left.Count > 0)
        {
            double at = stream.NextUnit() * left.Sum(pair => pair.Value);
            int chosen = 0;
            for (; chosen < left.Count - 1 && (at -= left[chosen].Value) >= 0; chosen++)
            {
            }

            drawn.Add(left[chosen]);
            left.RemoveAt(chosen);
        }

        return drawn;
    }
}
