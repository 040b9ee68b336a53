using System.Text.Json.Serialization;

namespace Agents.Evaluation.Harness;

/// <summary>JSON of rows and journal headers; names are the format, not the types.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EvaluationRow))]
[JsonSerializable(typeof(EvaluationSummary))]
[JsonSerializable(typeof(EvaluationJournalHeader))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
