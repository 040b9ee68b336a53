using System.Globalization;
using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Question to several answers with probabilities, one line <c>p answer</c> each. Where many answers are right, they are draws without
/// replacement from the true distribution with their true probabilities; elsewhere the right answer carries most of the mass and wrong
/// ones share the rest. A share of lists has wrong probabilities, and a share of lists over many right answers is asked for unlikely ones only.
/// </summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
/// <param name="minimum">Fewest answers asked for, at least 2; fewer are given where there are not so many.</param>
/// <param name="maximum">Most answers asked for.</param>
/// <param name="tailShare">Share of the lists over many right answers that is asked for unlikely ones.</param>
public sealed class VerbalizeWriter(string prompt, RoleNoise noise, int minimum = 2, int maximum = 6, double tailShare = 0.25) : IRoleWriter
{
    private static readonly double[] Tails = [0.2, 0.1, 0.05];

    /// <inheritdoc/>
    public string Role => RoleNames.Verbalize;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        int count = stream.Between(minimum, maximum);
        double tail = DrawTail(item, tailShare, ref stream);
        List<WeightedAnswer> answers = Draw(family, item, count, tail, ref stream);
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
            Variables = new Dictionary<string, object?> { ["question"] = item.Question, ["count"] = count, ["tail"] = tail },
            Target = Text(answers),
            TargetCorruption = wrong ? CorruptionKind.WrongProbability : CorruptionKind.None,
            Item = item,
        };
    }

    /// <summary>Draws answers with probabilities.</summary>
    /// <param name="family">The family.</param>
    /// <param name="item">The item.</param>
    /// <param name="count">How many; fewer where there are not so many.</param>
    /// <param name="tail">Upper limit of the probability of right answers; 0 for none.</param>
    /// <param name="stream">Decides which.</param>
    internal static List<WeightedAnswer> Draw(ITaskFamily family, TaskItem item, int count, double tail, ref SampleStream stream) =>
        HasMany(item) ? DrawRight(item, count, tail, ref stream) : DrawAround(family, item, count, ref stream);

    /// <summary>Writes a list.</summary>
    internal static string Text(IEnumerable<WeightedAnswer> answers) => string.Join('\n', answers.Select(Line));

    // Unlikely answers can be asked for where at least two of them are right.
    private static double DrawTail(TaskItem item, double share, ref SampleStream stream)
    {
        if (!HasMany(item) || !stream.Chance(share))
        {
            return 0;
        }

        double tail = stream.Pick(Tails);
        return item.Alternatives.Count(answer => answer.Probability < tail) >= 2 ? tail : 0;
    }

    private static bool HasMany(TaskItem item) => item.Alternatives.Count > 0 && item.Slots.Count == 1;

    private static string Line(WeightedAnswer answer) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(answer.Probability, 0.01):0.00} {answer.Text}");

    private static List<WeightedAnswer> DrawRight(TaskItem item, int count, double tail, ref SampleStream stream)
    {
        List<WeightedAnswer> left = [.. item.Alternatives.Where(answer => tail <= 0 || answer.Probability < tail)];
        var drawn = new List<WeightedAnswer>(count);
        while (drawn.Count < count && left.Count > 0)
        {
            int at = stream.PickWeighted([.. left.Select(answer => answer.Probability)]);
            drawn.Add(left[at]);
            left.RemoveAt(at);
        }

        return drawn;
    }

    private static List<WeightedAnswer> DrawAround(ITaskFamily family, TaskItem item, int count, ref SampleStream stream)
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
