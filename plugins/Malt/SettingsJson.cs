using System.Text.Json.Serialization;
using Agents.Plugins.Malt.Data;

namespace Agents.Plugins.Malt;

/// <summary>Source-generated JSON: reflection-based serialization would pin a collectible plugin.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(MaltSettings))]
[JsonSerializable(typeof(MaltTreeSettings))]
[JsonSerializable(typeof(DatasetLine))]
internal sealed partial class SettingsJson : JsonSerializerContext;
