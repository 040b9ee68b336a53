using System.Text.Json.Serialization;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>Source-generated JSON of what the journal keeps.</summary>
[JsonSerializable(typeof(PairBook))]
internal sealed partial class ReplicationJson : JsonSerializerContext;
