using Agents.Numerics.Memory;

namespace Agents.Models.Adapters;

/// <summary>
/// The two factors of a low-rank change of one weight: y gains scale · B·(A·x); with magnitudes m (DoRA) y becomes m/‖V‖ ⊙ V·x with V = W + scale · B·A and ‖V‖
/// per row (papers/00-model-architecture §7).
/// </summary>
public sealed unsafe class LoraMatrices : IDisposable
{
    private readonly AlignedBuffer<float> _a;
    private readonly AlignedBuffer<float> _b;
    private readonly float[] _magnitude;

    /// <summary>Allocates zeroed factors.</summary>
    /// <param name="name">Hugging Face name of the weight, for example <c>model.layers.0.self_attn.q_proj.weight</c>.</param>
    /// <param name="rank">Rank r.</param>
    /// <param name="inputs">Columns of the weight.</param>
    /// <param name="outputs">Rows of the weight.</param>
    /// <param name="scale">Factor of the product: alpha / r, or alpha / √r with rank stabilization.</param>
    /// <param name="hasMagnitude">Whether there are magnitudes, one per output (DoRA).</param>
    public LoraMatrices(string name, int rank, int inputs, int outputs, float scale, bool hasMagnitude = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rank);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        if (!float.IsFinite(scale))
        {
            throw new ArgumentException($"The scale {scale} of '{name}' is not finite.", nameof(scale));
        }

        Name = name;
        Rank = rank;
        Inputs = inputs;
        Outputs = outputs;
        Scale = scale;
        _a = new AlignedBuffer<float>((long)rank * inputs);
        _b = new AlignedBuffer<float>((long)outputs * rank);
        _magnitude = hasMagnitude ? new float[outputs] : [];
    }

    /// <summary>Gets the Hugging Face name of the weight.</summary>
    public string Name { get; }

    /// <summary>Gets the rank r.</summary>
    public int Rank { get; }

    /// <summary>Gets the columns of the weight.</summary>
    public int Inputs { get; }

    /// <summary>Gets the rows of the weight.</summary>
    public int Outputs { get; }

    /// <summary>Gets the factor of the product.</summary>
    public float Scale { get; }

    /// <summary>Gets A, [rank, inputs].</summary>
    public MatrixView<float> A => new(_a.Data, Rank, Inputs);

    /// <summary>Gets B, [outputs, rank].</summary>
    public MatrixView<float> B => new(_b.Data, Outputs, Rank);

    /// <summary>Gets the elements of A, row by row.</summary>
    public Span<float> AValues => _a.Span;

    /// <summary>Gets the elements of B, row by row.</summary>
    public Span<float> BValues => _b.Span;

    /// <summary>Gets whether there are magnitudes (DoRA).</summary>
    public bool HasMagnitude => _magnitude.Length > 0;

    /// <summary>Gets the magnitudes m, [outputs]; empty without them.</summary>
    public Span<float> MagnitudeValues => _magnitude;

    /// <summary>Gets or sets what applies the magnitudes over one base; set before the adapter serves.</summary>
    internal MagnitudeGains? Gains { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Gains?.Dispose();
        _a.Dispose();
        _b.Dispose();
    }
}
