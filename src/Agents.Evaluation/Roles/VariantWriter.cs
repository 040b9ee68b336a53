using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Question to a similar question (first line) and its solution (the lines after it), so that a model can make its own training pairs.
/// A share of these solutions is wrong.
/// </summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
/// <param name="withSolution">Whether the solution follows the question.</param>
public sealed class VariantWriter(string prompt, RoleNoise noise, bool withSolution = true) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.Variant;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        TaskItem similar = family.CreateSimilar(item, ref stream);
        bool wrong = withSolution && stream.Chance(noise.WrongVariants) && similar.Answer != item.Answer;

        // A wrong pair: the similar question with the answer of the given one, the error of a model that copies.
        string solution = SolutionText.Write(similar.Steps, wrong ? item.Answer : similar.Answer);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = new Dictionary<string, object?> { ["question"] = item.Question, ["calls"] = false, ["tools"] = new List<object?>() },
            Target = withSolution ? similar.Question + "\n" + solution : similar.Question,
            TargetCorruption = wrong ? CorruptionKind.WrongSlot : CorruptionKind.None,
            Item = item,
        };
    }
}
