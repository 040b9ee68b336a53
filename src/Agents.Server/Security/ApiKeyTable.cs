using System.Security.Cryptography;
using System.Text;

namespace Agents.Server.Security;

/// <summary>The accepted keys, as hashes. A comparison takes the same time whatever the key and whichever one matches.</summary>
internal sealed class ApiKeyTable
{
    private const string Scheme = "Bearer ";

    /// <summary>Longer headers are no key of ours; hashing them would only cost time.</summary>
    private const int LongestHeader = 4096;

    private readonly byte[][] _hashes;

    /// <summary>Creates a table.</summary>
    /// <param name="keys">The keys; none means that every request is accepted.</param>
    public ApiKeyTable(IEnumerable<string> keys) => _hashes = [.. keys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];

    /// <summary>Gets whether there are no keys.</summary>
    public bool IsEmpty => _hashes.Length == 0;

    /// <summary>Checks an Authorization header.</summary>
    /// <param name="header">Its value; null when absent.</param>
    /// <returns>Whether the request may pass.</returns>
    public bool Accepts(string? header)
    {
        if (IsEmpty)
        {
            return true;
        }

        if (header is null || header.Length > LongestHeader || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()));
        bool matches = false;
        foreach (byte[] known in _hashes)
        {
            // No early exit: which key matched must not show in the time either.
            matches |= CryptographicOperations.FixedTimeEquals(hash, known);
        }

        return matches;
    }
}
