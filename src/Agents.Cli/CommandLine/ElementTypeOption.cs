using System.CommandLine;
using Agents.Cli.Output;
using Agents.Numerics.Formats;

namespace Agents.Cli.CommandLine;

/// <summary>The option <c>--type</c>: element type of the matrices in a model file.</summary>
internal static class ElementTypeOption
{
    private static readonly Dictionary<string, ElementType> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["f32"] = ElementType.F32,
        ["f16"] = ElementType.F16,
        ["bf16"] = ElementType.BF16,
        ["q8_0"] = ElementType.Q8_0,
    };

    /// <summary>Creates the option.</summary>
    public static Option<string> Create() => new("--type")
    {
        Description = $"Element type of the matrices: {string.Join(", ", Types.Keys)}.",
        HelpName = "TYPE",
        DefaultValueFactory = static _ => "f32",
    };

    /// <summary>Reads a type.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <exception cref="UsageException">The type is unknown.</exception>
    public static ElementType Parse(string text) =>
        Types.TryGetValue(text, out ElementType type) ? type : throw new UsageException($"There is no element type '{text}' to write. {NearestNames.Describe(text, Types.Keys)}");
}
