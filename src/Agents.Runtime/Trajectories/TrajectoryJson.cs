using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Runtime.Trajectories;

/// <summary>Contracts of the stored lines, generated at compile time: no type names in files, no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Trajectory))]
internal sealed partial class TrajectoryJson : JsonSerializerContext
{
    /// <summary>Deepest nesting of a line: the strategy's settings are the only part of free depth.</summary>
    public const int MaximumDepth = 64;

    /// <summary>Gets the contracts; text stays readable.</summary>
    public static TrajectoryJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaximumDepth,
    });
}
