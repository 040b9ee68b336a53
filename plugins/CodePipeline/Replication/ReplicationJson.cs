using System.Text.Json.Serialization;

namespace Agents.Plugins.CodePipeline.Replication;

/// <summary>Source-generated JSON of what the check keeps in the laboratory's journal.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class ReplicationJson : JsonSerializerContext;
