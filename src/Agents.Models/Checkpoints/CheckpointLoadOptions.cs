using Agents.Models.Decoder;
using Agents.Numerics.Kernels;

namespace Agents.Models.Checkpoints;

/// <summary>How a model file is brought into memory.</summary>
public sealed record CheckpointLoadOptions
{
    /// <summary>Gets how matrices are kept. Default <see cref="WeightStorage.Single"/>, which training and conversion need.</summary>
    public WeightStorage Storage { get; init; } = WeightStorage.Single;

    /// <summary>Gets the kernels that matrices are packed for with <see cref="WeightStorage.AsStored"/>. Default null, which takes the fastest ones of this machine.</summary>
    public IKernels<float>? Kernels { get; init; }

    /// <summary>Returns the kernels to pack for, or null when nothing is packed: stored weights need kernels that multiply with them.</summary>
    internal IKernels<float>? PackingKernels()
    {
        IKernels<float> kernels = Kernels ?? DefaultKernels.Single;
        return Storage == WeightStorage.AsStored && kernels.Quantized is not null ? kernels : null;
    }
}
