namespace Agents.Evaluation.Roles;

/// <summary>Variables that all prompts of the code pipeline share: the general texts name the language of the programs, the embedded model's variants know only one.</summary>
internal static class CodeVariables
{
    /// <summary>Returns the variables of a prompt with those of the language.</summary>
    /// <param name="own">The prompt's own variables.</param>
    public static Dictionary<string, object?> With(params ReadOnlySpan<(string Name, object? Value)> own)
    {
        Dictionary<string, object?> variables = new() { ["language"] = "mini", ["languageName"] = "the mini-language" };
        foreach ((string name, object? value) in own)
        {
            variables[name] = value;
        }

        return variables;
    }
}
