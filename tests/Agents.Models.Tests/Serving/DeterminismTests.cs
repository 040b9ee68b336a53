using Agents.Models.Generation;

namespace Agents.Models.Tests.Serving;

public sealed class DeterminismTests
{
    private const int Prompts = 1000;

    private static readonly Lazy<string[]> Sequential = new(() =>
    {
        using ServingRig rig = new(prefixCache: false);
        return [.. Enumerable.Range(0, Prompts).Select(i => ServingRig.Numbers(rig.Alone(Request(i))))];
    });

    [Theory]
    [InlineData(1, 64, true)]
    [InlineData(2, 64, false)]
    [InlineData(2, 7, true)]
    public void Step_AThousandPromptsAtOnce_GiveTheSameTokensAsOneByOne(int threads, int rows, bool prefixCache)
    {
        using ServingRig rig = new(rows, threads, prefixCache: prefixCache);
        GenerationJob[] jobs = [.. Enumerable.Range(0, Prompts).Select(i => rig.Submit(Request(i)))];

        Dictionary<GenerationJob, List<GeneratedToken>> all = rig.Finish();

        Assert.Equal(Sequential.Value, jobs.Select(job => ServingRig.Numbers(all[job])));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public void Step_AThousandPromptsInRandomOrderOverTime_GiveTheSameTokens(int threads, ulong seed)
    {
        using ServingRig rig = new(32, threads, positions: 2048);
        SampleStream random = new(seed, 77);
        int[] order = [.. Enumerable.Range(0, Prompts)];
        random.Shuffle<int>(order);
        var jobs = new GenerationJob[Prompts];
        Dictionary<GenerationJob, List<GeneratedToken>> early = [];
        for (int next = 0; next < Prompts;)
        {
            for (int i = random.NextInt(8); i > 0 && next < Prompts; i--, next++)
            {
                jobs[order[next]] = rig.Submit(Request(order[next]));
                early.Add(jobs[order[next]], []);
            }

            rig.Scheduler.Step();
        }

        Dictionary<GenerationJob, List<GeneratedToken>> all = rig.Finish();

        Assert.Equal(Sequential.Value, jobs.Select(job => ServingRig.Numbers(all[job])));
    }

    // Lengths, samplers, siblings and shared beginnings all differ from prompt to prompt.
    private static GenerationRequest Request(int i)
    {
        int[] prompt = i % 3 == 0
            ? [.. ServingRig.Prompt(7, 20), .. ServingRig.Prompt((ulong)i, 1 + (i % 9))]
            : ServingRig.Prompt((ulong)i, 1 + (i % 31));
        return ServingRig.Request(prompt, 1 + (i % 8), samples: i % 10 == 0 ? 4 : 1, seed: (ulong)i) with
        {
            SpeculativeTokens = i % 2 == 0 ? 4 : 0,
            Sampling = (i % 4) switch
            {
                0 => SamplingOptions.Greedy,
                1 => new SamplingOptions { Temperature = 0.8 },
                2 => new SamplingOptions { TopK = 20, TopP = 0.9 },
                _ => new SamplingOptions(),
            },
        };
    }
}
