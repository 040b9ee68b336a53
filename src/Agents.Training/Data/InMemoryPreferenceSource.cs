using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Agents.Training.Data;

/// <summary>A fixed list of preferences, all pairs or all single completions.</summary>
public sealed class InMemoryPreferenceSource : IPreferenceSource
{
    private readonly ImmutableArray<PreferenceExample> _examples;

    /// <summary>Takes the examples and fingerprints their content.</summary>
    /// <param name="examples">At least one example.</param>
    /// <exception cref="ArgumentException">There is no example, or pairs and single completions are mixed.</exception>
    public InMemoryPreferenceSource(IEnumerable<PreferenceExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        _examples = [.. examples];
        if (_examples.IsEmpty || _examples.Any(example => example.Completions.Length != _examples[0].Completions.Length))
        {
            throw new ArgumentException("A source needs at least one example, and all examples as many completions.", nameof(examples));
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (PreferenceExample example in _examples)
        {
            foreach (int[] tokens in (int[][])[example.PromptTokenIds, .. example.Completions])
            {
                hash.AppendData(MemoryMarshal.AsBytes<int>([tokens.Length]));
                hash.AppendData(MemoryMarshal.AsBytes<int>(tokens));
            }

            hash.AppendData(MemoryMarshal.AsBytes(example.Labels.AsSpan()));
        }

        Fingerprint = string.Create(CultureInfo.InvariantCulture, $"preferences:{_examples.Length}:{Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }

    /// <inheritdoc/>
    public long Count => _examples.Length;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public PreferenceExample Get(long index) => _examples[checked((int)index)];
}
