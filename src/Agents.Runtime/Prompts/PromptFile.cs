using System.Security.Cryptography;
using System.Text;

namespace Agents.Runtime.Prompts;

/// <summary>One prompt file as written: the Semantic Kernel prompt schema, reduced to what this product renders, with a template per role message.</summary>
public sealed record PromptFile
{
    /// <summary>Gets the name strategies use: path below the root without variant and extension, for example <c>self-aggregation/aggregate</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the version its author gave it. Default 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Gets what the prompt is for.</summary>
    public string Description { get; init; } = "";

    /// <summary>Gets the model name patterns (<c>*</c> stands for any text) this variant is made for; empty for the general text.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Gets the variables the templates read, name to description.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the messages, at least one.</summary>
    public required IReadOnlyList<PromptMessage> Messages { get; init; }

    /// <summary>Gets the file the prompt comes from, for errors.</summary>
    public string Source { get; init; } = "(in memory)";

    /// <summary>Returns the first 12 hexadecimal digits of the SHA-256 of roles and templates.</summary>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\0', Messages.Select(message => message.Role.Value + "\0" + message.Template)))))[..12];

    /// <summary>Returns whether this variant is made for a model; a general text (no patterns) is made for every model.</summary>
    /// <param name="model">Name of the model; null when unknown.</param>
    public bool Fits(string? model) => Models.Count == 0 || (model is not null && Models.Any(pattern => Matches(pattern, model)));

    /// <summary>Compares a name with a pattern in which <c>*</c> stands for any text, empty included; case is no difference.</summary>
    /// <param name="pattern">Pattern, for example <c>tiny-*</c>.</param>
    /// <param name="name">Name to compare.</param>
    internal static bool Matches(string pattern, string name)
    {
        string[] parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return pattern.Equals(name, StringComparison.OrdinalIgnoreCase);
        }

        if (!name.StartsWith(parts[0], StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        int at = parts[0].Length;
        foreach (string part in parts[1..^1])
        {
            int found = name.IndexOf(part, at, StringComparison.OrdinalIgnoreCase);
            if (found < 0)
            {
                return false;
            }

            at = found + part.Length;
        }

        return name.Length - at >= parts[^1].Length && name.EndsWith(parts[^1], StringComparison.OrdinalIgnoreCase);
    }
}
