using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Runtime.InteropServices;

namespace Agents.Training.Data;

/// <summary>A fixed list of examples.</summary>
public sealed class InMemoryExampleSource : ITrainingExampleSource
{
    private readonly ImmutableArray<TrainingExample> _examples;

    /// <summary>Takes the examples and fingerprints their content.</summary>
    /// <param name="examples">At least one example.</param>
    /// <exception cref="ArgumentException">There is no example.</exception>
    public InMemoryExampleSource(IEnumerable<TrainingExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        _examples = [.. examples];
        if (_examples.IsEmpty)
        {
            throw new ArgumentException("A source needs at least one example.", nameof(examples));
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TrainingExample example in _examples)
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>([example.TokenIds.Length]));
            hash.AppendData(MemoryMarshal.AsBytes<int>(example.TokenIds));
            hash.AppendData(MemoryMarshal.AsBytes<float>(example.Weights));
            if (example.Columns is { } columns)
            {
                foreach (double[] column in (double[][])[columns.OldLogProbability, columns.ReferenceLogProbability, columns.Advantage, columns.Correction, columns.SequenceLabel])
                {
                    hash.AppendData(MemoryMarshal.AsBytes<int>([column.Length]));
                    hash.AppendData(MemoryMarshal.AsBytes<double>(column));
                }
            }
        }

        Fingerprint = string.Create(CultureInfo.InvariantCulture, $"memory:{_examples.Length}:{Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }

    /// <inheritdoc/>
    public long? Count => _examples.Length;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public TrainingExample Get(long index) => _examples[checked((int)index)];
}
