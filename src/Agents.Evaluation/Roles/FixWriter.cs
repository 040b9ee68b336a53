using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Code;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Question about code, program and failing report to program: the coder after the tester. Reports may be wrong; a share of the fixes of
/// right programs follows a wrong report and breaks them.
/// </summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
public sealed class FixWriter(string prompt, RoleNoise noise) : IRoleWriter
{
    /// <summary>Fixers are called after FAIL only, and most of what fails is wrong.</summary>
    private const double WrongPrograms = 0.75;

    /// <inheritdoc/>
    public string Role => RoleNames.Fix;

    /// <inheritdoc/>
    public bool Serves(ITaskFamily family) => family is CodeFamily;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        ShownSolution shown = ShownSolution.Draw(family, item, WrongPrograms, ref stream);
        string believed = shown.IsRight ? ShownSolution.Wrong(family, item, ref stream).Answer : item.Answer;
        bool follows = shown.IsRight && stream.Chance(noise.FollowedCritiques);
        ShownSolution target = follows ? ShownSolution.Wrong(family, item, ref stream) : ShownSolution.Right(item);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = CodeVariables.With(("question", item.Question), ("code", shown.Answer), ("report", ReportText.Write(shown.Answer, believed))),
            Target = target.Text,
            TargetCorruption = follows ? CorruptionKind.FollowedWrongCritique : CorruptionKind.None,
            InputCorruptions = [shown.Kind],
            Item = item,
        };
    }
}
