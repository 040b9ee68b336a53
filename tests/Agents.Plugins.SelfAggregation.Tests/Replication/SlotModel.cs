using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Replication;

/// <summary>
/// The scripted model of papers/16 §5 (A). A sampled answer has four slots, each right (0) with probability .7, else one of nine wrong values (1 … 9).
/// As aggregator it takes the plurality of each slot over the attempts in its prompt, ties going to the first.
/// </summary>
internal static class SlotModel
{
    public const string Right = "0 0 0 0";
    private const string Heading = "### Attempt ";

    public static ScriptedChatClient Create() => new ScriptedChatClient()
        .On(StrategyBench.Aggregate, (messages, _) => $"Answer: {Synthesize(messages[^1].Text)}")
        .On("", (_, stream) => $"Answer: {Sample(stream)}");

    private static string Sample(SampleStream stream)
    {
        int[] slots = new int[4];
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = stream.NextUnit() < 0.7 ? 0 : 1 + stream.NextInt(9);
        }

        return string.Join(' ', slots);
    }

    private static string Synthesize(string prompt)
    {
        string[][] attempts = [.. prompt.Split(Heading)[1..].Select(attempt =>
            attempt.Split('\n').First(line => line.StartsWith("Answer: ", StringComparison.Ordinal))["Answer: ".Length..].Split(' '))];

        // GroupBy and MaxBy keep the first of equals.
        return string.Join(' ', Enumerable.Range(0, 4).Select(slot => attempts.Select(attempt => attempt[slot]).GroupBy(value => value).MaxBy(group => group.Count())!.Key));
    }
}
