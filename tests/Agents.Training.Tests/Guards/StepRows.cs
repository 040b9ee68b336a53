using System.Collections.Immutable;
using Agents.Training.Experience;

namespace Agents.Training.Tests.Guards;

/// <summary>Steps of experience with chosen completions.</summary>
internal static class StepRows
{
    public static ExperienceRow Row(int[] completion, double reward = 0, GenerationFinish finish = GenerationFinish.EndToken, int prompt = 3) => new()
    {
        PromptTokenIds = [.. Enumerable.Range(1, prompt)],
        CompletionTokenIds = completion,
        Mask = [.. completion.Select(_ => 1f)],
        SamplerLogProbability = new float[completion.Length],
        Reward = reward,
        Rewards = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("exact", reward),
        GenerationId = "g",
        Version = 0,
        Finish = finish,
    };

    /// <summary>One group of completions with the given lengths whose tokens never repeat.</summary>
    public static ExperienceColumns Lengths(params int[] lengths) => Of([.. lengths.Select(length => Row([.. Enumerable.Range(0, length)]))]);

    public static ExperienceColumns Of(params ExperienceRow[] rows) => new([new ExperienceGroup(0, 0, "p", "test", [.. rows])], 0);

    /// <summary>A step of groups with the given rewards.</summary>
    public static ExperienceColumns Groups(params double[][] rewards) =>
        new([.. rewards.Select((group, index) => new ExperienceGroup(0, index, $"p{index}", "test", [.. group.Select(reward => Row([1, 2], reward))]))], 0);
}
