using Agents.Models.Decoder;

namespace Agents.Runtime.Tests.Adaptation;

/// <summary>A copy of a model's weights in single precision, to show that the hash of memory sees a change of one number.</summary>
internal sealed class DecoderWeightsCopy(DecoderWeights<float> weights) : IDisposable
{
    public DecoderWeights<float> Weights { get; } = weights;

    public static Task<DecoderWeightsCopy> OfAsync(DecoderModel model) => Task.Run(() => new DecoderWeightsCopy(model.Weights.ToSingle()), TestContext.Current.CancellationToken);

    public unsafe void Nudge() => Weights.Tensors[3].Data[1] = MathF.BitIncrement(Weights.Tensors[3].Data[1]);

    public void Dispose() => Weights.Dispose();
}
