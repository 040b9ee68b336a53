using System.Text.Json.Serialization;

namespace Agents.Plugins.SelfAggregation.Replication;

/// <summary>JSON of what the journal keeps.</summary>
[JsonSerializable(typeof(OwnSamples))]
internal sealed partial class ReplicationJson : JsonSerializerContext;
