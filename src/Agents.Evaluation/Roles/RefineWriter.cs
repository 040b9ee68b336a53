using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Question, solution and critique (or feedback) to a corrected solution. Solutions may be right already and critiques may be wrong; a
/// share of refinements follows a wrong critique: it keeps a wrong solution, or breaks a right one. A share of refiners gets no critique.
/// </summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
/// <param name="revise">Whether this is the self-refine role, whose critique is called feedback and gives corrections.</param>
public sealed class RefineWriter(string prompt, RoleNoise noise, bool revise = false) : IRoleWriter
{
    /// <summary>Refiners mostly see wrong solutions: this much of what is not wrong by the noise settings is made wrong too.</summary>
    private const double ExtraWrongInputs = 0.5;

    /// <inheritdoc/>
    public string Role => revise ? RoleNames.Revise : RoleNames.Refine;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        double wrongInputs = noise.WrongInputs + ((1 - noise.WrongInputs) * ExtraWrongInputs);
        ShownSolution shown = ShownSolution.Draw(family, item, wrongInputs, ref stream);
        (string critique, bool misleading, _) = !revise && stream.Chance(noise.EmptyCritiques)
            ? ("", false, shown)
            : CritiqueWriter.Criticise(family, item, shown, noise.WrongVerdicts, revise, ref stream);
        bool follows = misleading && stream.Chance(noise.FollowedCritiques);
        ShownSolution target = !follows ? ShownSolution.Right(item)
            : shown.IsRight ? ShownSolution.Wrong(family, item, ref stream) : shown;
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = new Dictionary<string, object?>
            {
                ["question"] = item.Question,
                ["solution"] = shown.Text,
                [revise ? "feedback" : "critique"] = critique,
            },
            Target = target.Text,
            TargetCorruption = follows ? CorruptionKind.FollowedWrongCritique : CorruptionKind.None,
            InputCorruptions = [shown.Kind],
            Item = item,
        };
    }
}
