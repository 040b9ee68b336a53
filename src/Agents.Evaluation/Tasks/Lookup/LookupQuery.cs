namespace Agents.Evaluation.Tasks.Lookup;

/// <summary>One asked slot.</summary>
/// <param name="Person">Whose property.</param>
/// <param name="ThroughPal">Whether the property of the person's pal is asked instead.</param>
/// <param name="Attribute">Which property.</param>
public sealed record LookupQuery(string Person, bool ThroughPal, string Attribute)
{
    /// <summary>Gets the query as questions write it.</summary>
    public string Text => ThroughPal ? Person + " pal " + Attribute : Person + " " + Attribute;
}
