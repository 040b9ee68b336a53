namespace Agents.Evaluation.Roles;

/// <summary>Names of the prompts that strategies use at run time: training examples must be rendered with exactly these.</summary>
public sealed record RolePrompts
{
    /// <summary>Gets the prompt of solving; empty means that the question itself is the user's message.</summary>
    public string Solve { get; init; } = "";

    /// <summary>Gets the prompt with variables question, solution.</summary>
    public string Verify { get; init; } = "self-aggregation/verify";

    /// <summary>Gets the prompt with variables question, solution, critique.</summary>
    public string Refine { get; init; } = "malt/refine";

    /// <summary>Gets the prompt with variables question, candidates (each with number, text).</summary>
    public string Aggregate { get; init; } = "self-aggregation/aggregate";

    /// <summary>Gets the prompt with variables question, candidates (each with number, text).</summary>
    public string Choose { get; init; } = "self-aggregation/choose";

    /// <summary>Gets the prompt with variable question.</summary>
    public string Sticker { get; init; } = "sift/sticker";

    /// <summary>Gets the prompt with variable sticker.</summary>
    public string SolveFromSticker { get; init; } = "sift/solve-from-sticker";

    /// <summary>Gets the prompt with variables question, sticker.</summary>
    public string SolveWithSticker { get; init; } = "sift/solve-with-sticker";

    /// <summary>Gets the prompt with variables question, sticker, schema.</summary>
    public string Correct { get; init; } = "sift/correct";

    /// <summary>Gets the prompt with variables prediction, schema.</summary>
    public string Invert { get; init; } = "sift/invert";

    /// <summary>Gets the prompt with variables question, solution, concludes.</summary>
    public string Conclude { get; init; } = "malt/verify";

    /// <summary>Gets the prompt with variables question, count, tail.</summary>
    public string Verbalize { get; init; } = "verbalized-sampling/list";

    /// <summary>Gets the prompt of a second turn with variables count, weighted, tail.</summary>
    public string VerbalizeMore { get; init; } = "verbalized-sampling/more";

    /// <summary>Gets the prompt with variables question, calls, tools.</summary>
    public string Variant { get; init; } = "test-time-improvement/variant";

    /// <summary>Gets the prompt with variables question, solution.</summary>
    public string Feedback { get; init; } = "self-aggregation/feedback";

    /// <summary>Gets the prompt with variables question, solution, feedback.</summary>
    public string Revise { get; init; } = "self-aggregation/revise";

    /// <summary>Gets the prompt with variable question.</summary>
    public string Plan { get; init; } = "code-pipeline/plan";

    /// <summary>Gets the prompt with variables question, plan.</summary>
    public string CodeWithPlan { get; init; } = "code-pipeline/code-with-plan";

    /// <summary>Gets the prompt with variables question, code.</summary>
    public string Test { get; init; } = "code-pipeline/test";

    /// <summary>Gets the prompt with variables question, code, report.</summary>
    public string Fix { get; init; } = "code-pipeline/fix";

    /// <summary>Gets the prompt with variables question, code, failure, trace.</summary>
    public string Repair { get; init; } = "code-pipeline/repair";
}
