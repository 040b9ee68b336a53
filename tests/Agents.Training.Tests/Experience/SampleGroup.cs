using System.Collections.Immutable;
using Agents.Training.Experience;

namespace Agents.Training.Tests.Experience;

internal static class SampleGroup
{
    public static ExperienceRow Row(double reward, long version = 0, string generation = "g") => new()
    {
        PromptTokenIds = [1, 2, 3],
        CompletionTokenIds = [4, 5],
        Mask = [1, 0.5f],
        SamplerLogProbability = [-0.25f, -1.5f],
        OldLogProbability = [-0.25, -1.25],
        Rewards = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("exact", reward).Add("judge", double.NaN),
        Reward = reward,
        Advantage = 0.5,
        GenerationId = generation,
        Version = version,
        Finish = GenerationFinish.Length,
    };

    public static ExperienceGroup Of(long draw, long version = 0, params double[] rewards) =>
        new(version, draw, $"p{draw}", "test", [.. rewards.Select(reward => Row(reward, version))]);
}
