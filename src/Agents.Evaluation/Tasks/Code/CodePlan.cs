namespace Agents.Evaluation.Tasks.Code;

/// <summary>A drawn problem: what is computed, what its words leave open, and which tests it gets.</summary>
/// <param name="Spec">What is computed.</param>
/// <param name="Vagueness">What the words leave open.</param>
/// <param name="TestKey">Seed of its tests.</param>
public sealed record CodePlan(CodeSpec Spec, CodeVagueness Vagueness, ulong TestKey);
