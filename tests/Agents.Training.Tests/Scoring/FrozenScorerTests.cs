using System.Collections.Immutable;
using Agents.Learning;
using Agents.Models.Decoder;
using Agents.Training.Backward;
using Agents.Training.Data;
using Agents.Training.Scoring;
using Agents.Training.Tests.Checkpoints;
using Agents.Training.Tests.Loops;

namespace Agents.Training.Tests.Scoring;

public sealed class FrozenScorerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(0.6)]
    public async Task ScoreAsync_SameWeights_AgreesWithTheTrainer(double temperature)
    {
        using DecoderTrainer<float> trainer = BanditRun.Model();
        using DecoderModel frozen = BanditRun.Serving(trainer);
        FrozenScorer sut = new(frozen, null, temperature);
        int[] prefix = [1, 2, 3];
        int[][] continuations = [[4, 5, 12], [6]];

        IReadOnlyList<float[]> scores = await sut.ScoreAsync(prefix, continuations, TestContext.Current.CancellationToken);

        for (int i = 0; i < continuations.Length; i++)
        {
            TrainingExample example = TrainingExample.FromSpans([.. prefix, .. continuations[i]], new TargetSpan(prefix.Length, continuations[i].Length));
            ImmutableArray<PackedBatch> batch = SequencePacker.Pack([SequencePiece.Whole(example)], 16);
            float[] expected = new float[batch[0].Rows];
            trainer.LogProbabilities(batch[0], expected, 1 / temperature);
            Assert.Equal(expected[(prefix.Length - 1)..^1], scores[i], (a, b) => Math.Abs(a - b) < 1e-5f);
        }
    }

    [Fact]
    public async Task ScoreAsync_KnownSequences_ComeFromTheStoreEvenAfterReopening()
    {
        using DecoderTrainer<float> trainer = BanditRun.Model();
        using DecoderModel frozen = BanditRun.Serving(trainer);
        CancellationToken token = TestContext.Current.CancellationToken;
        IReadOnlyList<float[]> first;
        using (LogProbabilityStore store = new(_folder["store"]))
        {
            first = await new FrozenScorer(frozen, store).ScoreAsync([1, 2], [[3, 4]], token);
        }

        using LogProbabilityStore reopened = new(_folder["store"]);
        FrozenScorer sut = new(frozen, reopened);
        IReadOnlyList<float[]> second = await sut.ScoreAsync([1, 2], [[5], [3, 4]], token);

        Assert.Equal(1, sut.ModelCalls);
        Assert.Equal(first[0], second[1]);
    }

    [Fact]
    public void RequireSameTokenizer_OtherVocabulary_IsRefused()
    {
        using DecoderTrainer<float> trainer = BanditRun.Model();
        using DecoderModel frozen = BanditRun.Serving(trainer);
        FrozenScorer sut = new(frozen);
        sut.RequireSameTokenizer(BanditRun.Reader);

        Assert.Throws<ArgumentException>(() => sut.RequireSameTokenizer(
            Agents.Models.Tokenization.Tokenizers.Create(BanditRun.Tokenizer with { Tokens = [.. BanditRun.Tokenizer.Tokens.Reverse()], Kinds = [.. BanditRun.Tokenizer.Kinds.Reverse()], UnknownId = 12, EosId = 0 })));
    }

    [Fact]
    public void Constructor_TemperatureNotPositive_IsRefused()
    {
        using DecoderTrainer<float> trainer = BanditRun.Model();
        using DecoderModel frozen = BanditRun.Serving(trainer);

        Assert.Throws<ArgumentOutOfRangeException>(() => new FrozenScorer(frozen, temperature: 0));
    }
}
