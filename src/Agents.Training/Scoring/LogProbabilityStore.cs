using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Agents.Training.Checkpoints;
using Agents.Training.Errors;

namespace Agents.Training.Scoring;

/// <summary>
/// Log-probabilities of frozen models on disk, found by generation, temperature and tokens: a reference never has to score a sequence twice, not even after a kill.
/// Safe for concurrent calls.
/// </summary>
public sealed class LogProbabilityStore : IDisposable
{
    private const string Kind = "AGTLOGP\n";
    private const uint Version = 1;
    private const int KeyBytes = 32;
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, float[]> _values = [];
    private readonly RecordFile _file;

    /// <summary>Opens a store or starts one.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file is no such store, or damaged before its end.</exception>
    public LogProbabilityStore(string path) => _file = new RecordFile(path, Kind, Remember);

    /// <summary>Gets how many sequences are stored.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _values.Count;
            }
        }
    }

    /// <summary>Returns the key of a continuation: the first half of a SHA-256.</summary>
    /// <param name="generationId">The model's generation.</param>
    /// <param name="temperature">Temperature of the log-probabilities.</param>
    /// <param name="prefix">Tokens before the continuation.</param>
    /// <param name="continuation">Tokens that are scored.</param>
    public static UInt128 Key(string generationId, double temperature, ReadOnlySpan<int> prefix, ReadOnlySpan<int> continuation)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{generationId}\n{temperature:R}\n{prefix.Length}\n{continuation.Length}\n")));
        hash.AppendData(MemoryMarshal.AsBytes(prefix));
        hash.AppendData(MemoryMarshal.AsBytes(continuation));
        Span<byte> digest = stackalloc byte[KeyBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    /// <summary>Finds the log-probabilities of a continuation; null when they are unknown.</summary>
    /// <param name="key">Result of <see cref="Key"/>.</param>
    public float[]? Find(UInt128 key)
    {
        lock (_gate)
        {
            return _values.GetValueOrDefault(key);
        }
    }

    /// <summary>Stores the log-probabilities of a continuation.</summary>
    /// <param name="key">Result of <see cref="Key"/>.</param>
    /// <param name="logProbabilities">One per token.</param>
    public void Add(UInt128 key, float[] logProbabilities)
    {
        ArgumentNullException.ThrowIfNull(logProbabilities);
        byte[] payload = new byte[16 + (logProbabilities.Length * sizeof(float))];
        BinaryPrimitives.WriteUInt128LittleEndian(payload, key);
        MemoryMarshal.AsBytes<float>(logProbabilities).CopyTo(payload.AsSpan(16));
        lock (_gate)
        {
            if (_values.TryAdd(key, logProbabilities))
            {
                _file.Append(Version, payload);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Remember(uint version, byte[] payload)
    {
        if (version != Version || payload.Length < 16 || payload.Length % sizeof(float) != 0)
        {
            throw new CheckpointException($"A stored log-probability record has version {version} and {payload.Length} bytes; this build reads version {Version} with 16 bytes and floats. Delete the store to compute it again.");
        }

        _values[BinaryPrimitives.ReadUInt128LittleEndian(payload)] = MemoryMarshal.Cast<byte, float>(payload.AsSpan(16)).ToArray();
    }
}
