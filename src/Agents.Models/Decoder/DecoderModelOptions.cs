using Agents.Models.Cache;
using Agents.Models.Serving;
using Agents.Numerics.Kernels;

namespace Agents.Models.Decoder;

/// <summary>How a decoder model runs.</summary>
public sealed record DecoderModelOptions
{
    /// <summary>Gets the name shown to users. Default null, which takes the name in the file or the file's own name.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Gets the generation of the weights when the caller has a name for exactly these numbers. Default null, which hashes all weights. For callers that serve new
    /// weights every second; equal ids promise equal weights.
    /// </summary>
    public string? GenerationId { get; init; }

    /// <summary>Gets the most rows per forward pass: prefill chunk and decode batch. Default 256.</summary>
    public int MaximumBatchRows { get; init; } = 256;

    /// <summary>Gets how a file's matrices are kept. Default <see cref="WeightStorage.AsStored"/>: quantized products as llama.cpp computes them. <see cref="WeightStorage.Single"/> serves the decoded values, as training sees them.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>Gets the kernels. Default null, which takes the fastest ones of this machine.</summary>
    public IKernels<float>? Kernels { get; init; }

    /// <summary>Gets the memory for keys and values of running sequences and kept prefixes: type, page size, limit. Default F32, 64 positions, half of the memory.</summary>
    public KvCacheOptions Cache { get; init; } = new();

    /// <summary>Gets whether keys and values of ended requests are kept, as far as memory allows, for requests that begin alike. Default true.</summary>
    public bool PrefixCache { get; init; } = true;

    /// <summary>Gets the most requests that may wait for their turn; further ones are refused with <see cref="QueueFullException"/>. Default 1024.</summary>
    public int MaximumQueuedRequests { get; init; } = 1024;

    /// <summary>Gets the clock of the statistics. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">Lists every setting that is out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (MaximumBatchRows is < 1 or > 65_536)
        {
            broken.Add($"maximum batch rows {MaximumBatchRows} must lie in 1 to 65536");
        }

        if (MaximumQueuedRequests < 1)
        {
            broken.Add($"maximum queued requests {MaximumQueuedRequests} must be positive");
        }

        if (GenerationId is not null && string.IsNullOrWhiteSpace(GenerationId))
        {
            broken.Add("the generation id is empty");
        }

        if (Time is null)
        {
            broken.Add("the clock is missing");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The decoder options are invalid: " + string.Join("; ", broken) + ".");
        }

        Cache.Validate();
    }
}
