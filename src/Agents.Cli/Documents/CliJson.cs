using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Cli.Documents;

/// <summary>Contracts of all documents, generated at compile time. Names are camelCase and stable: fields are added, never renamed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(TokenizeDocument))]
[JsonSerializable(typeof(GenerateDocument))]
[JsonSerializable(typeof(ScoreDocument))]
[JsonSerializable(typeof(ItemsDocument<ModelItem>), TypeInfoPropertyName = "Models")]
[JsonSerializable(typeof(ItemsDocument<PluginItem>), TypeInfoPropertyName = "Plugins")]
[JsonSerializable(typeof(ItemsDocument<PromptItem>), TypeInfoPropertyName = "Prompts")]
[JsonSerializable(typeof(ItemsDocument<TrajectoryItem>), TypeInfoPropertyName = "Trajectories")]
[JsonSerializable(typeof(DataBuildDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(TrainDocument))]
[JsonSerializable(typeof(TrainReportDocument))]
[JsonSerializable(typeof(EvalItem))]
[JsonSerializable(typeof(EvalDocument))]
[JsonSerializable(typeof(AskDocument))]
[JsonSerializable(typeof(ExportDocument))]
[JsonSerializable(typeof(QuantizeDocument))]
[JsonSerializable(typeof(BenchDocument))]
[JsonSerializable(typeof(StepBenchDocument))]
[JsonSerializable(typeof(ReplicateDocument))]
[JsonSerializable(typeof(ItemsDocument<ReplicateDocument>), TypeInfoPropertyName = "Replicated")]
[JsonSerializable(typeof(ItemsDocument<ReplicationItem>), TypeInfoPropertyName = "Replications")]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>Gets the contracts; text stays readable, only what JSON itself demands is escaped.</summary>
    public static CliJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
