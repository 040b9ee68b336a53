using System.Globalization;
using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Question to several answers with probabilities, one line <c>p answer</c> each. Where many answers are right, they are draws without
/// replacement from the true distribution with their true probabilities; elsewhere the right answer carries most of the mass and wrong
/// ones share the rest. A share of lists has wrong probabilities.
/// </summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
/// <param name="count">Answers per list, at least 2; fewer where there are not so many.</param>
public sealed class VerbalizeWriter(string prompt, RoleNoise noise, int count = 4) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.Verbalize;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        bool single = item.Slots.Count == 1;
        List<WeightedAnswer> answers = item.Alternatives.Count > 0 && single ? DrawRight(item, ref stream) : DrawAround(family, item, ref stream);
        bool wrong = answers.Count > 1 && stream.Chance(noise.WrongProbabilities);
        if (wrong)
        {
            // The probabilities move on by one line.
            answers = [.. answers.Select((answer, i) => answer with { Probability = answers[(i + 1) % answers.Count].Probability })];
        }

        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = new Dictionary<string, object?> { ["question"] = item.Question, ["count"] = count },
            Target = string.Join('\n', answers.Select(Line)),
            TargetCorruption = wrong ? CorruptionKind.WrongProbability : CorruptionKind.None,
            Item = item,
        };
    }

    private static string Line(WeightedAnswer answer) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(answer.Probability, 0.01):0.00} {answer.Text}");

    private List<WeightedAnswer> DrawRight(TaskItem item, ref SampleStream stream)
    {
        List<WeightedAnswer> left = [.. item.Alternatives];
        var drawn = new List<WeightedAnswer>(count);
        while (drawn.Count < count && left.Count > 0)
        {
            int at = stream.PickWeighted([.. left.Select(answer => answer.Probability)]);
            drawn.Add(left[at]);
            left.RemoveAt(at);
        }

        return drawn;
    }

    private List<WeightedAnswer> DrawAround(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        double first = 0.5 + (0.4 * stream.NextUnit());
        var answers = new List<WeightedAnswer> { new(item.Answer, first) };
        for (int attempt = 0; attempt < 4 * count && answers.Count < count; attempt++)
        {
            string wrong = family.Corrupt(item, ref stream).Solution.Answer;
            if (answers.TrueForAll(answer => answer.Text != wrong))
            {
                // Halves of what is left, so the list falls and sums to less than one.
                answers.Add(new WeightedAnswer(wrong, (1 - answers.Sum(answer => answer.Probability)) / 2));
            }
        }

        return answers;
    }
}
