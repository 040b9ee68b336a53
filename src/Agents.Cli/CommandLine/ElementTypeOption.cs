using System.CommandLine;
using Agents.Cli.Output;
using Agents.Models.Checkpoints;

namespace Agents.Cli.CommandLine;

/// <summary>The option <c>--type</c>: element type of the matrices in a model file.</summary>
internal static class ElementTypeOption
{
    /// <summary>Creates the option.</summary>
    public static Option<string> Create() => new("--type")
    {
        Description = $"Element type of the matrices: {string.Join(", ", MatrixTypes.All.Select(types => types.Id))}.",
        HelpName = "TYPE",
        DefaultValueFactory = static _ => "f32",
    };

    /// <summary>Reads a type.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <exception cref="UsageException">The type is unknown.</exception>
    public static MatrixTypes Parse(string text) =>
        MatrixTypes.All.FirstOrDefault(types => types.Id.Equals(text, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"There is no element type '{text}' to write. {NearestNames.Describe(text, [.. MatrixTypes.All.Select(types => types.Id)])}");
}
