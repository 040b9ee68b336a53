using System.Text.Json.Serialization;

namespace Agents.Plugins.Auto;

/// <summary>Source-generated JSON of all settings: reflection-based serialization would pin a collectible plugin.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(AutoSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
