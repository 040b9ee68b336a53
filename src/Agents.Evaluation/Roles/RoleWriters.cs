namespace Agents.Evaluation.Roles;

/// <summary>Makes the writers of all roles.</summary>
public static class RoleWriters
{
    /// <summary>Creates one writer per role.</summary>
    /// <param name="noise">How imperfect the data is, or null for the defaults.</param>
    /// <param name="prompts">Names of the prompts, or null for those of the built-in strategies.</param>
    /// <exception cref="ArgumentException">Noise is out of range; the message lists all.</exception>
    public static IReadOnlyList<IRoleWriter> Create(RoleNoise? noise = null, RolePrompts? prompts = null)
    {
        noise ??= new RoleNoise();
        prompts ??= new RolePrompts();
        noise.Validate();
        return
        [
            new SolveWriter(prompts.Solve, noise),
            new CritiqueWriter(prompts.Verify, noise),
            new RefineWriter(prompts.Refine, noise),
            new AggregateWriter(prompts.Aggregate, noise),
            new ChooseWriter(prompts.Choose, noise),
            new StickerWriter(prompts.Sticker, noise),
            new SolveWriter(prompts.SolveFromSticker, noise, fromSticker: true),
            new SolveWithStickerWriter(prompts.SolveWithSticker, noise),
            new CorrectWriter(prompts.Correct, noise),
            new InvertWriter(prompts.Invert, noise),
            new VerbalizeWriter(prompts.Verbalize, noise),
            new VerbalizeMoreWriter(prompts.Verbalize, prompts.VerbalizeMore),
            new SolveInContextWriter(noise),
            new ConcludeWriter(prompts.Conclude, noise),
            new VariantWriter(prompts.Variant, noise),
            new CritiqueWriter(prompts.Feedback, noise, feedback: true),
            new RefineWriter(prompts.Revise, noise, revise: true),
            new PlanWriter(prompts.Plan, noise),
            new CodeWithPlanWriter(prompts.CodeWithPlan, noise),
            new ReportWriter(prompts.Test, noise),
            new FixWriter(prompts.Fix, noise),
            new RepairWriter(prompts.Repair, noise),
        ];
    }
}
