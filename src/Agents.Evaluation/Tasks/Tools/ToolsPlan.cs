namespace Agents.Evaluation.Tasks.Tools;

/// <summary>A request, the tools on offer and the right call.</summary>
/// <param name="Offered">Tools in the order of the question.</param>
/// <param name="Aliases">Opaque names in the order of <paramref name="Offered"/>; empty when tools go by their own names.</param>
/// <param name="Tool">Index of the right tool in <paramref name="Offered"/>.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Phrase">Index of the request's wording.</param>
/// <param name="FactorA">First factor when the number is computed, else 0.</param>
/// <param name="FactorB">Second factor when the number is computed, else 0.</param>
public sealed record ToolsPlan(
    IReadOnlyList<ToolKind> Offered,
    IReadOnlyList<string> Aliases,
    int Tool,
    IReadOnlyList<string> Arguments,
    int Phrase,
    int FactorA,
    int FactorB);
