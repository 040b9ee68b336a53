using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Agents.Runtime.Learning;

/// <summary>Everything that decides what a stage makes. Equal inputs give equal outputs, so a finished stage with equal inputs is not run again.</summary>
/// <param name="Stage">Name of the stage, unique in the run.</param>
/// <param name="Seed">Seed.</param>
/// <param name="Data">Fingerprints of what is read, by name.</param>
/// <param name="Settings">Settings, by name.</param>
internal sealed record StageInputs(string Stage, ulong Seed, ImmutableSortedDictionary<string, string> Data, ImmutableSortedDictionary<string, string> Settings)
{
    /// <summary>Gets one line <c>name = value</c> per input.</summary>
    public ImmutableArray<string> Lines =>
    [
        $"stage = {Stage}",
        string.Create(CultureInfo.InvariantCulture, $"seed = {Seed}"),
        .. Data.Select(entry => $"data {entry.Key} = {entry.Value}"),
        .. Settings.Select(entry => $"{entry.Key} = {entry.Value}"),
    ];

    /// <summary>Gets the SHA-256 of all inputs.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Lines))));

    /// <summary>Creates a sorted map of texts.</summary>
    /// <param name="entries">Names and values.</param>
    public static ImmutableSortedDictionary<string, string> Map(params IEnumerable<(string Name, object Value)> entries) =>
        entries.ToImmutableSortedDictionary(entry => entry.Name, entry => Convert.ToString(entry.Value, CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal);
}
