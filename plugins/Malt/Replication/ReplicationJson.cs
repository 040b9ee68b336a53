using System.Text.Json.Serialization;
using Agents.Plugins.Malt.Trees;

namespace Agents.Plugins.Malt.Replication;

/// <summary>Contracts of what the run folder keeps.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TreeChunk))]
[JsonSerializable(typeof(ChosenLevel))]
internal sealed partial class ReplicationJson : JsonSerializerContext;
