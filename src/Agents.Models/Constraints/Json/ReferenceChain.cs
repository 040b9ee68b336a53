namespace Agents.Models.Constraints.Json;

/// <summary>References followed one after another.</summary>
/// <param name="Reference">The latest.</param>
/// <param name="Before">The ones before; null for none.</param>
internal sealed record ReferenceChain(string Reference, ReferenceChain? Before)
{
    /// <summary>Whether a reference is among them.</summary>
    public static bool Has(ReferenceChain? chain, string reference)
    {
        for (; chain is not null; chain = chain.Before)
        {
            if (chain.Reference == reference)
            {
                return true;
            }
        }

        return false;
    }
}
