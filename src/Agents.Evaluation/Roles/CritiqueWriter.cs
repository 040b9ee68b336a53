using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Question and solution to a critique that ends in <c>verdict: right</c> or <c>verdict: wrong</c>. A verifier names the wrong line, a
/// critic (feedback) also says what it should be. A share of verdicts is wrong in either direction.
/// </summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
/// <param name="feedback">Whether corrections are given.</param>
public sealed class CritiqueWriter(string prompt, RoleNoise noise, bool feedback = false) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => feedback ? RoleNames.Feedback : RoleNames.Verify;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        ShownSolution shown = ShownSolution.Draw(family, item, noise.WrongInputs, ref stream);
        (string critique, bool wrong) = Criticise(family, item, shown, noise.WrongVerdicts, feedback, ref stream);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = new Dictionary<string, object?> { ["question"] = item.Question, ["solution"] = shown.Text },
            Target = critique,
            TargetCorruption = wrong ? CorruptionKind.WrongVerdict : CorruptionKind.None,
            InputCorruptions = [shown.Kind],
            Item = item,
        };
    }

    /// <summary>Writes a critique whose verdict is wrong with the given chance.</summary>
    internal static (string Critique, bool Wrong) Criticise(ITaskFamily family, TaskItem item, ShownSolution shown, double wrongShare, bool detailed, ref SampleStream stream)
    {
        if (!stream.Chance(wrongShare))
        {
            return (CritiqueText.Write(shown, ShownSolution.Right(item), detailed), false);
        }

        return shown.IsRight
            ? (CritiqueText.Write(shown, ShownSolution.Wrong(family, item, ref stream), detailed), true)
            : (CritiqueText.Right, true);
    }
}
