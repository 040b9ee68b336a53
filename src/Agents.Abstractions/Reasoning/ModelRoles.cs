namespace Agents.Reasoning;

/// <summary>Role names that strategies share. A role without a binding of its own uses the default model.</summary>
public static class ModelRoles
{
    /// <summary>Answers the question.</summary>
    public const string Default = "default";

    /// <summary>Writes a new answer from several.</summary>
    public const string Aggregator = "aggregator";

    /// <summary>Judges an answer.</summary>
    public const string Verifier = "verifier";

    /// <summary>Improves an answer.</summary>
    public const string Refiner = "refiner";

    /// <summary>Picks one of several answers.</summary>
    public const string Selector = "selector";
}
