using System.Text.Json.Serialization;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>Source-generated JSON of what the check remembers in its run folder.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RatedPair[]))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class ReplicationJson : JsonSerializerContext;
