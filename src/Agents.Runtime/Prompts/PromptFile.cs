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
    public bool Fits(string? model) => Models.Count == 0 || (model is not null && MatchesAny(model));

    /// <summary>Compares a name with a pattern in which <c>*</c> stands for any text, empty included; case is no difference.</summary>
    /// <param name="pattern">Pattern, for example <c>tiny-*</c>.</param>
    /// <param name="name">Name to compare.</param>
    internal static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int star = pattern.IndexOf('*');
        if (star < 0)
        {
            return pattern.Equals(name, StringComparison.OrdinalIgnoreCase);
        }

        if (!name.StartsWith(pattern[..star], StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        ReadOnlySpan<char> rest = name[star..];
        pattern = pattern[(star + 1)..];
        while ((star = pattern.IndexOf('*')) >= 0)
        {
            int found = rest.IndexOf(pattern[..star], StringComparison.OrdinalIgnoreCase);
            if (found < 0)
            {
                return false;
            }

            rest = rest[(found + star)..];
            pattern = pattern[(star + 1)..];
        }

        return rest.EndsWith(pattern, StringComparison.OrdinalIgnoreCase);
    }

    // Asked with every prompt that is rendered.
    private bool MatchesAny(string model)
    {
        for (int i = 0; i < Models.Count; i++)
        {
            if (Matches(Models[i], model))
            {
                return true;
            }
        }

        return false;
    }
}
