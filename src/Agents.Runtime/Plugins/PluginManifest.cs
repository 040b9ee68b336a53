using System.Collections.Immutable;

namespace Agents.Runtime.Plugins;

/// <summary>What <c>plugin.json</c> says about a plugin. Read and checked before any of the plugin's code is loaded.</summary>
public sealed record PluginManifest
{
    /// <summary>Gets the plugin's id, kebab-case with optional dots (<c>acme.debate</c>).</summary>
    public required string Id { get; init; }

    /// <summary>Gets the plugin's version.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the contract versions it was built for.</summary>
    public required ContractRange Contract { get; init; }

    /// <summary>Gets the file name of the assembly with the entry type.</summary>
    public required string EntryAssembly { get; init; }

    /// <summary>Gets the full name of the entry type.</summary>
    public required string EntryType { get; init; }

    /// <summary>Gets the features the plugin says it offers; only these may be registered.</summary>
    public required ImmutableArray<ManifestFeature> Features { get; init; }

    /// <summary>Gets the names of requested capabilities.</summary>
    public required ImmutableArray<string> Capabilities { get; init; }

    /// <summary>Gets the SHA-256 of every file of the plugin, by relative path with forward slashes, as lower-case hexadecimal digits.</summary>
    public required ImmutableSortedDictionary<string, string> Files { get; init; }

    /// <summary>Gets the SHA-256 of the manifest itself: the hash an operator can pin.</summary>
    public required string Hash { get; init; }
}
