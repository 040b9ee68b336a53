using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Agents.Runtime.Replication.Reports;

namespace Agents.Runtime.Replication;

/// <summary>JSON of journals, trained adapters and findings. Names are the format, not the types.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunLine))]
[JsonSerializable(typeof(AdapterRecord))]
[JsonSerializable(typeof(FindingsDocument))]
internal sealed partial class ReplicationJson : JsonSerializerContext
{
    /// <summary>Gets the contracts for files that people read.</summary>
    public static ReplicationJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
