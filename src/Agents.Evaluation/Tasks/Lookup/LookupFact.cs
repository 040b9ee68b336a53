namespace Agents.Evaluation.Tasks.Lookup;

/// <summary>One record: a property of a person.</summary>
/// <param name="Person">Whose property.</param>
/// <param name="Attribute">Which property.</param>
/// <param name="Value">Its value.</param>
/// <param name="Stale">Whether the value is outdated and contradicted by a current fact.</param>
public sealed record LookupFact(string Person, string Attribute, string Value, bool Stale)
{
    /// <summary>Gets the key, person and attribute.</summary>
    public string Key => Person + " " + Attribute;
}
