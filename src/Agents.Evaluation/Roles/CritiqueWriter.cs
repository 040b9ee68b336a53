using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Question and solution to a critique that ends in <c>verdict: right</c> or <c>verdict: wrong</c>. It works every line out again up to the first that differs; a
/// critic (feedback) also says which line that is. A share of verdicts is wrong in either direction.
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
        (string critique, bool wrong, _) = Criticise(family, item, shown, noise.WrongVerdicts, feedback, ref stream);
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
    /// <returns>The critique, whether its verdict is wrong, and the solution that the critic believes to be right.</returns>
    internal static (string Critique, bool Wrong, ShownSolution Believed) Criticise(
        ITaskFamily family, TaskItem item, ShownSolution shown, double wrongShare, bool detailed, ref SampleStream stream)
    {
        bool wrong = stream.Chance(wrongShare);
        ShownSolution believed = !wrong ? ShownSolution.Right(item) : shown.IsRight ? ShownSolution.Wrong(family, item, ref stream) : shown;
        return (CritiqueText.Write(shown, believed, detailed), wrong, believed);
    }
}
