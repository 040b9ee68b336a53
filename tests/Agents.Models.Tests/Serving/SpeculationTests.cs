using Agents.Models.Generation;

namespace Agents.Models.Tests.Serving;

public sealed class SpeculationTests
{
    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.4, 1)]
    [InlineData(0.7, 3)]
    public void Step_WithGuesses_GivesTheSameTokens(double temperature, int samples)
    {
        using ServingRig plain = new();
        using ServingRig guessing = new();
        for (int i = 0; i < 60; i++)
        {
            int[] phrase = ServingRig.Prompt((ulong)i, 3 + (i % 5));
            GenerationRequest request = ServingRig.Request([.. phrase, .. phrase, .. phrase], 50, samples, (ulong)i) with
            {
                Sampling = new SamplingOptions { Temperature = temperature },
                IgnoreEndTokens = i % 2 == 0,
            };

            Assert.Equal(
                ServingRig.Numbers(plain.Alone(request)),
                ServingRig.Numbers(guessing.Alone(request with { SpeculativeTokens = 8 })));
        }

        Assert.True(guessing.Statistics.DraftedTokens > 0);
        Assert.Equal(0, plain.Statistics.DraftedTokens);
    }

    [Fact]
    public void Step_GreedyLoop_NeedsFewerBatches()
    {
        // A small random model repeats itself soon under greedy decoding, as answers repeat their input elsewhere.
        using ServingRig plain = new();
        using ServingRig guessing = new();
        for (int i = 0; i < 20; i++)
        {
            GenerationRequest request = ServingRig.Request(ServingRig.Prompt((ulong)i, 6), 80) with { Sampling = SamplingOptions.Greedy };
            Assert.Equal(ServingRig.Numbers(plain.Alone(request)), ServingRig.Numbers(guessing.Alone(request with { SpeculativeTokens = 8 })));
        }

        Assert.True(guessing.Statistics.AcceptedDrafts > 0);
        Assert.Equal(plain.Statistics.Batches - guessing.Statistics.AcceptedDrafts, guessing.Statistics.Batches);
    }

    [Fact]
    public void Step_ManySequences_GuessesNothing()
    {
        using ServingRig rig = new();
        rig.Submit(ServingRig.Request([1, 2, 1, 2, 1, 2], 10, samples: 20) with { SpeculativeTokens = 8 });

        for (int i = 0; i < 8; i++)
        {
            rig.Scheduler.Step();
        }

        Assert.Equal(0, rig.Statistics.DraftedTokens);
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3, 9, 1, 2, 3 }, new[] { 9, 1, 2, 3 })]
    [InlineData(new[] { 5, 1, 2, 8, 1, 2, 7, 1, 2 }, new[] { 7, 1, 2 })]
    [InlineData(new[] { 1, 2, 3, 4 }, new int[0])]
    [InlineData(new[] { 4, 4, 4 }, new[] { 4 })]
    [InlineData(new[] { 1 }, new int[0])]
    public void Find_LatestTokensSeenBefore_ReturnsWhatFollowed(int[] tokens, int[] expected)
    {
        var guesses = new int[8];

        int count = PromptLookup.Find(tokens, guesses);

        Assert.Equal(expected, guesses[..count]);
    }

    [Fact]
    public void Find_LittleRoom_ReturnsNoMore()
    {
        var guesses = new int[2];

        Assert.Equal(2, PromptLookup.Find([1, 2, 3, 4, 5, 1, 2], guesses));
        Assert.Equal([3, 4], guesses);
    }

    [Fact]
    public void DraftLength_SuccessAndFailure_GrowsAndPauses()
    {
        DraftLength length = default;
        Assert.Equal(4, length.Next(16));
        length.Learn(4, 4);
        Assert.Equal(8, length.Next(16));
        Assert.Equal(5, length.Next(5));
        length.Learn(8, 2);
        Assert.Equal(3, length.Next(16));
        length.Learn(3, 0);
        Assert.Equal(2, length.Next(16));
        length.Learn(2, 0);
        Assert.Equal([0, 0, 2], Enumerable.Range(0, 3).Select(_ => length.Next(16)));
        Assert.Equal(0, length.Next(0));
    }
}
