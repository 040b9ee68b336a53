using System.Text.Json.Serialization;

namespace Agents.Plugins.TestTimeImprovement;

/// <summary>Source-generated JSON of all settings: reflection-based serialization would pin a collectible plugin.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TestTimeImprovementSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
