using Agents.Models.Cache;
using Agents.Numerics.Kernels;

namespace Agents.Models.Decoder;

/// <summary>How a decoder model runs.</summary>
public sealed record DecoderModelOptions
{
    /// <summary>Gets the name shown to users. Default null, which takes the name in the file or the file's own name.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the most rows per forward pass: prefill chunk and decode batch. Default 256.</summary>
    public int MaximumBatchRows { get; init; } = 256;

    /// <summary>Gets how a file's matrices are kept. Default <see cref="WeightStorage.AsStored"/>: quantized products as llama.cpp computes them. <see cref="WeightStorage.Single"/> serves the decoded values, as training sees them.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>Gets the kernels. Default null, which takes the fastest ones of this machine.</summary>
    public IKernels<float>? Kernels { get; init; }

    /// <summary>Gets the memory for keys and values of running sequences: type, page size, limit. Default F32, 64 positions, half of the memory.</summary>
    public KvCacheOptions Cache { get; init; } = new();

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public void Validate()
    {
        if (MaximumBatchRows is < 1 or > 65_536)
        {
            throw new ArgumentException($"The decoder options are invalid: maximum batch rows {MaximumBatchRows} must lie in 1 to 65536.");
        }

        Cache.Validate();
    }
}
