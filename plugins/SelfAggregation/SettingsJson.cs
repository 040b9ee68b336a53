using System.Text.Json.Serialization;
using Agents.Plugins.SelfAggregation.Baselines;

namespace Agents.Plugins.SelfAggregation;

/// <summary>Source-generated JSON of all settings: reflection-based serialization would pin a collectible plugin.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(SelfAggregationSettings))]
[JsonSerializable(typeof(VotingSettings))]
[JsonSerializable(typeof(ChoosingSettings))]
[JsonSerializable(typeof(BestOfNSettings))]
[JsonSerializable(typeof(SelfRefineSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
