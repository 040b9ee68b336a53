using System.Collections.Immutable;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Training.Optimization;

/// <summary>AdamW over the flat parameters of a decoder: one moment pair per parameter, decay on matrices only, clipping by the global norm.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class AdamWOptimizer<T> : IDisposable
    where T : unmanaged
{
    private readonly AlignedBuffer<T> _first;
    private readonly AlignedBuffer<T> _second;

    /// <summary>Allocates zero moments for a set of parameters.</summary>
    /// <param name="parameters">Parameters to update; their shape decides which decay.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public AdamWOptimizer(DecoderWeights<T> parameters, AdamWOptions options)
        : this(Required(parameters).Length, Plan(parameters, options), options)
    {
    }

    /// <summary>Allocates zero moments for a flat array of parameters (an adapter).</summary>
    /// <param name="length">Number of parameters.</param>
    /// <param name="ranges">Which of them decay; they cover the array without overlap.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public AdamWOptimizer(long length, ImmutableArray<DecayRange> ranges, AdamWOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        Ranges = ranges;
        Length = length;
        _first = new AlignedBuffer<T>(length);
        _second = new AlignedBuffer<T>(length);
    }

    /// <summary>Gets the number of parameters.</summary>
    public long Length { get; }

    /// <summary>Gets the settings.</summary>
    public AdamWOptions Options { get; }

    /// <summary>Gets which parameters decay; the ranges cover the flat array without overlap.</summary>
    public ImmutableArray<DecayRange> Ranges { get; }

    /// <summary>Gets or sets the number of updates done; it sets the bias correction.</summary>
    public long Updates { get; set; }

    /// <summary>Gets the running means of the gradients, laid out as the parameters.</summary>
    public T* FirstMoments => _first.Data;

    /// <summary>Gets the running means of the squared gradients, laid out as the parameters.</summary>
    public T* SecondMoments => _second.Data;

    /// <summary>Updates all parameters once. Gradients stay as they are.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="parameters">Updated.</param>
    /// <param name="gradients">Sum of the gradients of the step.</param>
    /// <param name="learningRate">Step size.</param>
    /// <returns>The gradient norm before clipping. Where it is not finite nothing is updated.</returns>
    public double Step(IOptimizerKernels<T> kernels, DecoderWeights<T> parameters, DecoderWeights<T> gradients, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(gradients);
        return Step(kernels, parameters.Data, gradients.Data, learningRate);
    }

    /// <summary>Updates all parameters of a flat array once. Gradients stay as they are.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="parameters">[<see cref="Length"/>], updated.</param>
    /// <param name="gradients">[<see cref="Length"/>], sum of the gradients of the step.</param>
    /// <param name="learningRate">Step size.</param>
    /// <returns>The gradient norm before clipping. Where it is not finite nothing is updated.</returns>
    public double Step(IOptimizerKernels<T> kernels, T* parameters, T* gradients, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        double norm = Math.Sqrt(kernels.SumOfSquares(gradients, Length));
        if (!double.IsFinite(norm))
        {
            return norm;
        }

        Updates++;
        double scale = Math.Min(1, Options.MaximumGradientNorm / (norm + 1e-6));
        foreach (DecayRange range in Ranges)
        {
            AdamWStep step = new(learningRate, Options.Beta1, Options.Beta2, Options.Epsilon, range.Decays ? Options.WeightDecay : 0, scale, Updates);
            long at = range.Offset;
            kernels.AdamW(parameters + at, gradients + at, FirstMoments + at, SecondMoments + at, range.Count, step);
        }

        return norm;
    }

    /// <summary>Forgets all moments, as if no update had been made: the start of a new stage.</summary>
    public void Reset()
    {
        _first.Clear();
        _second.Clear();
        Updates = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    private static DecoderWeights<T> Required(DecoderWeights<T> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters;
    }

    private static ImmutableArray<DecayRange> Plan(DecoderWeights<T> parameters, AdamWOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var ranges = ImmutableArray.CreateBuilder<DecayRange>();
        for (int i = 0; i < parameters.Tensors.Length; i++)
        {
            WeightTensor<T> tensor = parameters.Tensors[i];
            long end = i + 1 < parameters.Tensors.Length ? parameters.Tensors[i + 1].Offset : parameters.Length;
            bool decays = !tensor.IsVector && (tensor != parameters.Embedding || options.DecayEmbedding);
            if (ranges.Count > 0 && ranges[^1].Decays == decays)
            {
                DecayRange last = ranges[^1];
                ranges[^1] = last with { Count = end - last.Offset };
            }
            else
            {
                ranges.Add(new DecayRange(tensor.Offset, end - tensor.Offset, decays));
            }
        }

        return ranges.ToImmutable();
    }
}
