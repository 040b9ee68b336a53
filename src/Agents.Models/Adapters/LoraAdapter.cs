using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Agents.Models.Decoder;

namespace Agents.Models.Adapters;

/// <summary>A low-rank adapter (LoRA, rsLoRA, DoRA): factors for some of a model's weights. Immutable once it is in use; freed when its creator and all running requests are done with it.</summary>
public sealed class LoraAdapter : IDisposable
{
    private int _holders = 1;
    private bool _disposed;

    /// <summary>Creates an adapter from factors, which it owns from now on and which must not change any more.</summary>
    /// <param name="name">Name for people.</param>
    /// <param name="matrices">Factors; each weight at most once.</param>
    /// <param name="alpha">The alpha that the scales came from; kept for saving.</param>
    /// <param name="rankStabilized">Whether scales are alpha / √r instead of alpha / r.</param>
    /// <exception cref="ArgumentException">There is no factor, a weight occurs twice, a value is not finite, or only some factors have magnitudes.</exception>
    public LoraAdapter(string name, IEnumerable<LoraMatrices> matrices, double alpha, bool rankStabilized = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(matrices);
        Name = name;
        Alpha = alpha;
        RankStabilized = rankStabilized;
        Matrices = [.. matrices.OrderBy(factor => factor.Name, StringComparer.Ordinal)];
        if (Matrices.IsEmpty)
        {
            throw new ArgumentException($"The adapter '{name}' changes no weight.", nameof(matrices));
        }

        string? twice = Matrices.GroupBy(factor => factor.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new ArgumentException($"The adapter '{name}' changes '{twice}' twice.", nameof(matrices));
        }

        foreach (LoraMatrices factor in Matrices)
        {
            RequireFinite(factor, factor.AValues, "A");
            RequireFinite(factor, factor.BValues, "B");
            RequireFinite(factor, factor.MagnitudeValues, "The magnitude");
            if (factor.HasMagnitude != Matrices[0].HasMagnitude)
            {
                throw new ArgumentException(
                    $"The adapter '{name}' has magnitudes for '{(factor.HasMagnitude ? factor : Matrices[0]).Name}' but none for '{(factor.HasMagnitude ? Matrices[0] : factor).Name}'; DoRA needs them for all.",
                    nameof(matrices));
            }
        }

        ByName = Matrices.ToImmutableDictionary(factor => factor.Name, StringComparer.Ordinal);
        MaximumRank = Matrices.Max(factor => factor.Rank);
        Hash = ComputeHash();
    }

    /// <summary>Gets the name for people.</summary>
    public string Name { get; }

    /// <summary>Gets the alpha that the scales came from.</summary>
    public double Alpha { get; }

    /// <summary>Gets whether scales are alpha / √r instead of alpha / r (rsLoRA).</summary>
    public bool RankStabilized { get; }

    /// <summary>Gets whether the adapter is DoRA: every factor has magnitudes.</summary>
    public bool IsDora => Matrices[0].HasMagnitude;

    /// <summary>Gets the factors, by ascending name.</summary>
    public ImmutableArray<LoraMatrices> Matrices { get; }

    /// <summary>Gets the factors by the name of their weight.</summary>
    public ImmutableDictionary<string, LoraMatrices> ByName { get; }

    /// <summary>Gets the largest rank.</summary>
    public int MaximumRank { get; }

    /// <summary>Gets the number of parameters.</summary>
    public long ParameterCount => Matrices.Sum(factor => ((long)factor.Rank * (factor.Inputs + factor.Outputs)) + factor.MagnitudeValues.Length);

    /// <summary>Gets SHA-256 over names, sizes, scales and values: part of the generation that an answer came from.</summary>
    public string Hash { get; }

    /// <summary>Gets whether memory is freed: nobody holds the adapter any more.</summary>
    public bool IsFreed => Volatile.Read(ref _holders) == 0;

    /// <summary>The scale of a product.</summary>
    /// <param name="alpha">Alpha; 0 stands for a scale of 1, as GGUF files mean it.</param>
    /// <param name="rank">Rank.</param>
    /// <param name="rankStabilized">Whether to divide by √r.</param>
    public static float ScaleOf(double alpha, int rank, bool rankStabilized) =>
        alpha == 0 ? 1 : (float)(alpha / (rankStabilized ? Math.Sqrt(rank) : rank));

    /// <summary>Checks that every factor belongs to a matrix of a model.</summary>
    /// <param name="shape">The model.</param>
    /// <exception cref="ModelFormatException">A weight is missing in the model or has another size.</exception>
    public void RequireFits(ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Dictionary<string, TensorPlan> known = TensorPlan.Of(shape).Where(plan => plan.Rows > 1).ToDictionary(plan => plan.Name, StringComparer.Ordinal);
        known.Remove("model.embed_tokens.weight");
        foreach (LoraMatrices factor in Matrices)
        {
            if (!known.TryGetValue(factor.Name, out TensorPlan plan))
            {
                throw new ModelFormatException(
                    $"Adapter '{Name}' changes '{factor.Name}', which is no linear layer of this {shape.Architecture} model with {shape.Layers.Length} layers: it was made for another model.");
            }

            if (plan.Rows != factor.Outputs || plan.Columns != factor.Inputs)
            {
                throw new ModelFormatException(
                    $"Adapter '{Name}': '{factor.Name}' is [{factor.Outputs}, {factor.Inputs}], the model's weight [{plan.Rows}, {plan.Columns}]: it was made for another model.");
            }
        }
    }

    /// <summary>Gives up the creator's hold. Running requests finish with the adapter.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Release();
        }
    }

    /// <summary>Takes a hold; false when the memory is freed already.</summary>
    internal bool TryHold()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>Gives a hold up; the last one frees the memory.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            foreach (LoraMatrices factor in Matrices)
            {
                factor.Dispose();
            }
        }
    }

    private static void RequireFinite(LoraMatrices factor, ReadOnlySpan<float> values, string side)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException($"{side} of '{factor.Name}' has {values[i]} at element {i}; adapters must be finite.");
            }
        }
    }

    private string ComputeHash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (LoraMatrices factor in Matrices)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{factor.Name} {factor.Rank} {factor.Inputs} {factor.Outputs} {factor.Scale:R} ")));
            hash.AppendData(MemoryMarshal.AsBytes(factor.AValues));
            hash.AppendData(MemoryMarshal.AsBytes(factor.BValues));
            if (factor.HasMagnitude)
            {
                hash.AppendData("magnitude "u8);
                hash.AppendData(MemoryMarshal.AsBytes(factor.MagnitudeValues));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
