namespace Agents.Evaluation.Tasks.Tools;

/// <summary>One tool of the catalog.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Parameter names in the order of the call.</param>
/// <param name="Requests">Ways to ask for it, the literal one first; {0}, {1} are the arguments.</param>
/// <param name="Arguments">Per parameter the values to draw from; null for a number from 2 to 60.</param>
public sealed record ToolKind(
    string Name,
    IReadOnlyList<string> Parameters,
    IReadOnlyList<string> Requests,
    IReadOnlyList<IReadOnlyList<string>?> Arguments)
{
    /// <summary>Gets the signature, such as buy(n,item).</summary>
    public string Signature => Name + "(" + string.Join(',', Parameters) + ")";
}
