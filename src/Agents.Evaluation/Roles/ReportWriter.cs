using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Code;

namespace Agents.Evaluation.Roles;

/// <summary>Question about code and program to a short report whose last line is PASS or FAIL: the tester, who does not run anything. A share of verdicts is wrong in either direction.</summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
public sealed class ReportWriter(string prompt, RoleNoise noise) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.Test;

    /// <inheritdoc/>
    public bool Serves(ITaskFamily family) => family is CodeFamily;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        ShownSolution shown = ShownSolution.Draw(family, item, noise.WrongInputs, ref stream);
        (string report, bool wrong) = Draw(family, item, shown, noise.WrongVerdicts, ref stream);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = CodeVariables.With(("question", item.Question), ("code", shown.Answer)),
            Target = report,
            TargetCorruption = wrong ? CorruptionKind.WrongVerdict : CorruptionKind.None,
            InputCorruptions = [shown.Kind],
            Item = item,
        };
    }

    /// <summary>Draws a report whose verdict is wrong with the given chance.</summary>
    internal static (string Report, bool Wrong) Draw(ITaskFamily family, TaskItem item, ShownSolution shown, double wrongShare, ref SampleStream stream)
    {
        bool wrong = stream.Chance(wrongShare);
        string report = !wrong ? ReportText.Write(shown.Answer, item.Answer)
            : shown.IsRight ? ReportText.Write(shown.Answer, ShownSolution.Wrong(family, item, ref stream).Answer)
            : ReportText.Passed;
        return (report, wrong);
    }
}
