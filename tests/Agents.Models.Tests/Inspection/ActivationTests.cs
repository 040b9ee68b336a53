using Agents.Models.Decoder;
using Agents.Models.Inspection;
using Agents.Numerics.Memory;

namespace Agents.Models.Tests.Inspection;

public sealed class ActivationTests : IDisposable
{
    private readonly DecoderModel _model = SeededModel.Create();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task ReadActivationsAsync_ChosenPlaces_GiveTheRowsOfAll()
    {
        int[] tokens = [9, 8, 7, 6, 5];

        ActivationRecord all = await _model.ReadActivationsAsync(new ActivationRequest(tokens, [-1, 0, 1, 2]), Stop);
        ActivationRecord some = await _model.ReadActivationsAsync(new ActivationRequest(tokens, [2, -1]) { Positions = [1, 4] }, Stop);

        Assert.Equal(all.Row(3, 1), some.Row(0, 0));
        Assert.Equal(all.Row(3, 4), some.Row(0, 1));
        Assert.Equal(all.Row(0, 4), some.Row(1, 1));
        Assert.Equal(Embedding(_model, 5), some.Row(1, 1).ToArray());
        Assert.NotEqual(all.Row(1, 2).ToArray(), all.Row(2, 2).ToArray());
        Assert.Equal(5 * 64, all.Layer(0).Length);
    }

    [Fact]
    public async Task RunTappedAsync_TapThatWrites_ChangesLaterLayersOnly()
    {
        int[] tokens = [1, 2, 3];
        ActivationRecord plain = await _model.ReadActivationsAsync(new ActivationRequest(tokens, [0, 1, 2]), Stop);
        Pusher pusher = new();

        await _model.RunTappedAsync(tokens, pusher, Stop);

        Assert.Equal(plain.Row(0, 2).ToArray(), pusher.Seen[1]);
        Assert.Equal(plain.Row(1, 2).ToArray(), pusher.Seen[2]);
        Assert.NotEqual(plain.Row(2, 2).ToArray(), pusher.Seen[3]);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(-2, 0)]
    [InlineData(0, 2)]
    [InlineData(0, -1)]
    public async Task ReadActivationsAsync_PlacesThatDoNotExist_AreRefused(int layer, int position) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await _model.ReadActivationsAsync(new ActivationRequest([1, 2], [layer]) { Positions = [position] }, Stop));

    private static unsafe float[] Embedding(DecoderModel model, int id) => new ReadOnlySpan<float>(model.Weights.Embedding.View.Row(id), 64).ToArray();

    private sealed class Pusher : IResidualTap<float>
    {
        public List<float[]> Seen { get; } = [];

        public unsafe void Visit(int layer, ReadOnlySpan<int> positions, MatrixView<float> residual)
        {
            Seen.Add(new ReadOnlySpan<float>(residual.Row(2), residual.Columns).ToArray());
            if (layer == 1)
            {
                residual.Row(2)[3] += 1;
            }
        }
    }
}
