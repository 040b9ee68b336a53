namespace Agents.Models.Templates;

/// <summary>Who speaks in a turn.</summary>
public static class TurnRoles
{
    /// <summary>Instructions of the application.</summary>
    public const string System = "system";

    /// <summary>The person or program that asks.</summary>
    public const string User = "user";

    /// <summary>The model.</summary>
    public const string Assistant = "assistant";

    /// <summary>The result of a tool that the model called.</summary>
    public const string Tool = "tool";

    internal static bool IsKnown(string role) => role is System or User or Assistant or Tool;
}
