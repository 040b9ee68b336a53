using Agents.Models.Checkpoints;

namespace Agents.Compression.Quantization;

/// <summary>The quantization methods by id. Starts with every block format and the mixture <c>q4_k_m</c>; plugins add theirs. Safe for concurrent use.</summary>
public sealed class QuantizationMethods
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, IQuantizationMethod> _methods = new(StringComparer.Ordinal);

    /// <summary>Creates the table with the built-in methods.</summary>
    public QuantizationMethods()
    {
        foreach (MatrixTypes types in MatrixTypes.All)
        {
            Add(new RoundToNearest(types));
        }
    }

    /// <summary>Gets a snapshot of all methods in order of registration.</summary>
    public IReadOnlyList<IQuantizationMethod> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _methods.Values];
            }
        }
    }

    /// <summary>Adds a method.</summary>
    /// <param name="method">The method; its id must be new.</param>
    /// <exception cref="ArgumentException">The id is empty or taken.</exception>
    public void Add(IQuantizationMethod method)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentException.ThrowIfNullOrWhiteSpace(method.Id);
        lock (_gate)
        {
            if (!_methods.TryAdd(method.Id, method))
            {
                throw new ArgumentException($"A quantization method '{method.Id}' is registered already.", nameof(method));
            }
        }
    }

    /// <summary>Looks a method up.</summary>
    /// <param name="id">The id, such as <c>q8_0</c>.</param>
    /// <returns>The method.</returns>
    /// <exception cref="QuantizationMethodNotFoundException">There is no such method; the message offers the nearest ids.</exception>
    public IQuantizationMethod Get(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        lock (_gate)
        {
            return _methods.TryGetValue(id, out IQuantizationMethod? method)
                ? method
                : throw new QuantizationMethodNotFoundException($"There is no quantization method '{id}'. {NearestNames.Describe(id, _methods.Keys)}");
        }
    }
}
