using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Code;

namespace Agents.Evaluation.Roles;

/// <summary>Question about code and plan to program: the coder behind an analyst. Plans drift as often as analysts' do, and the program is right all the same.</summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
public sealed class CodeWithPlanWriter(string prompt, RoleNoise noise) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.CodeWithPlan;

    /// <inheritdoc/>
    public bool Serves(ITaskFamily family) => family is CodeFamily;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        (string plan, bool drifts) = PlanWriter.Draw(family, item, noise.DriftedStickers, ref stream);
        ShownSolution target = ShownSolution.Draw(family, item, noise.WrongSolutions, ref stream);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = CodeVariables.With(("question", item.Question), ("plan", plan)),
            Target = target.Text,
            TargetCorruption = target.Kind,
            InputCorruptions = [drifts ? CorruptionKind.DriftedFact : CorruptionKind.None],
            Item = item,
        };
    }
}
