using Agents.Models.Decoder;

namespace Agents.Models.Tests.Inspection;

public sealed class EmbeddingTests : IDisposable
{
    private readonly DecoderModel _model = SeededModel.Create("qwen3");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task EmbedAsync_ManySequences_GiveEachTheVectorItHasAlone()
    {
        // 5 · 90 rows need two batches, and one sequence is cut by their border.
        int[][] sequences = [.. Enumerable.Range(0, 5).Select(i => Enumerable.Range(0, 90 - i).Select(j => ((i * 31) + (j * 7)) % 320).ToArray())];

        IReadOnlyList<float[]> together = await _model.EmbedAsync(new EmbeddingRequest(sequences), Stop);

        for (int i = 0; i < sequences.Length; i++)
        {
            IReadOnlyList<float[]> alone = await _model.EmbedAsync(new EmbeddingRequest([sequences[i]]), Stop);
            Assert.Equal(alone[0], together[i]);
            Assert.Equal(1, together[i].Sum(value => (double)value * value), 1e-6);
        }

        Assert.NotEqual(together[0], together[1]);
    }

    [Fact]
    public async Task EmbedAsync_Pooling_FollowsItsDefinition()
    {
        int[] tokens = [5, 6, 7];
        EmbeddingRequest request = new([tokens]) { Normalize = false };

        float[] last = (await _model.EmbedAsync(request with { Pooling = EmbeddingPooling.LastToken }, Stop))[0];
        float[] mean = (await _model.EmbedAsync(request, Stop))[0];
        float[] unit = (await _model.EmbedAsync(request with { Normalize = true }, Stop))[0];

        // A causal model gives a prefix the vectors it has inside the whole, so the mean is that of the last tokens of all prefixes.
        float[][] prefixes = [.. await _model.EmbedAsync(new EmbeddingRequest([[5], [5, 6], tokens]) { Normalize = false, Pooling = EmbeddingPooling.LastToken }, Stop)];
        Assert.Equal(prefixes[2], last);
        double length = Math.Sqrt(mean.Sum(value => (double)value * value));
        for (int i = 0; i < mean.Length; i++)
        {
            Assert.Equal(prefixes.Average(prefix => (double)prefix[i]), mean[i], 1e-6);
            Assert.Equal(mean[i] / length, unit[i], 1e-6);
        }

        Assert.Equal(_model.EmbeddingSize, last.Length);
    }

    [Fact]
    public async Task EmbedAsync_WrongSequences_AreRefused()
    {
        Assert.Empty(await _model.EmbedAsync(new EmbeddingRequest([]), Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _model.EmbedAsync(new EmbeddingRequest([[1], []]), Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _model.EmbedAsync(new EmbeddingRequest([[320]]), Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _model.EmbedAsync(new EmbeddingRequest([new int[SeededModel.Context + 1]]), Stop));
    }
}
