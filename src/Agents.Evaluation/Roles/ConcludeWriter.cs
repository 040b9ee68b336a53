using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Question and solution to a critique with verdict, and after it the answer: that of the solution where the verdict is right, else the solution that the
/// critic believes in. It is the verifier of a pipeline that has no refiner (papers/33 §2.7).
/// </summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
public sealed class ConcludeWriter(string prompt, RoleNoise noise) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.Conclude;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        ShownSolution shown = ShownSolution.Draw(family, item, noise.WrongInputs, ref stream);
        (string critique, bool wrong, ShownSolution believed) = CritiqueWriter.Criticise(family, item, shown, noise.WrongVerdicts, detailed: false, ref stream);
        string conclusion = believed.Text == shown.Text ? SolutionText.Write("", shown.Answer) : believed.Text;
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = new Dictionary<string, object?> { ["question"] = item.Question, ["solution"] = shown.Text, ["concludes"] = true },
            Target = critique + "\n" + conclusion,
            TargetCorruption = wrong ? CorruptionKind.WrongVerdict : CorruptionKind.None,
            InputCorruptions = [shown.Kind],
            Item = item,
        };
    }
}
