namespace Agents.Evaluation.Tasks.Arithmetic;

/// <summary>A chain of operations on one running value, and the choices of its surface.</summary>
/// <param name="Start">First value.</param>
/// <param name="Steps">Operations in order.</param>
/// <param name="Template">Surface: plain, basket, people.</param>
/// <param name="Names">Different names, one more than steps.</param>
/// <param name="Thing">What is counted.</param>
/// <param name="Phrases">One phrase choice per step.</param>
/// <param name="Distractor">A number that is not needed; 0 when there is none.</param>
public sealed record ArithmeticPlan(
    int Start,
    IReadOnlyList<ArithmeticStep> Steps,
    string Template,
    IReadOnlyList<string> Names,
    string Thing,
    IReadOnlyList<int> Phrases,
    int Distractor);
