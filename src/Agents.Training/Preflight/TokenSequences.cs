namespace Agents.Training.Preflight;

/// <summary>Equality of token sequences by content.</summary>
internal sealed class TokenSequences : IEqualityComparer<int[]>
{
    /// <summary>Gets the one instance.</summary>
    public static TokenSequences Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(int[]? x, int[]? y) => x is null || y is null ? ReferenceEquals(x, y) : x.AsSpan().SequenceEqual(y);

    /// <inheritdoc/>
    public int GetHashCode(int[] obj)
    {
        HashCode hash = default;
        hash.Add(obj.Length);
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(obj));
        return hash.ToHashCode();
    }
}
