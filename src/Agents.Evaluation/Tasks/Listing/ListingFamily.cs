namespace Agents.Evaluation.Tasks.Listing;

/// <summary>
/// Naming members of a known category under conditions. Several answers are right, and their true (Zipf) distribution is known; the
/// item's own answer is one draw from it, and its alternatives are all right members.
/// </summary>
/// <remarks>
/// Sample: question <c>name a fruit with e, not pear</c>, solution <c>has e, not pear⏎answer: apple</c>. Content that decides the
/// split: category, count and conditions. The bare prompt of a category (<see cref="BareQuestion"/>) belongs to no split: it serves
/// distribution measurements, where training and testing use the same prompt on purpose.
/// </remarks>
public sealed class ListingFamily : GeneratedTaskFamily<ListingPlan>
{
    private readonly ListingOptions _options;

    /// <summary>Creates the family.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Settings are out of range; the message lists all.</exception>
    public ListingFamily(ListingOptions? options = null)
        : base("listing", (options ?? new ListingOptions()).Difficulty, (options ?? new ListingOptions()).HeldOutDifficulty)
    {
        _options = options ?? new ListingOptions();
        _options.Validate();
    }

    /// <summary>The prompt that asks for any member of a category.</summary>
    /// <param name="category">The category.</param>
    public static string BareQuestion(ListingCategory category)
    {
        ArgumentNullException.ThrowIfNull(category);
        return "name " + Article(category) + category.Name;
    }

    /// <summary>Draws an answer to the bare prompt from the true distribution.</summary>
    /// <param name="category">The category.</param>
    /// <param name="stream">Source of randomness, one draw.</param>
    public string DrawBareAnswer(ListingCategory category, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(category);
        IReadOnlyList<WeightedAnswer> distribution = category.Distribution(_options.Exponent);
        return distribution[stream.PickWeighted([.. distribution.Select(answer => answer.Probability)])].Text;
    }

    /// <summary>Makes an item of the bare prompt. It belongs to no generated set: <see cref="ITaskFamily.Corrupt"/> refuses it.</summary>
    /// <param name="category">The category.</param>
    /// <param name="stream">Draws the answer from the true distribution.</param>
    public TaskItem CreateBare(ListingCategory category, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(category);
        string answer = DrawBareAnswer(category, ref stream);
        return new TaskItem
        {
            Id = Id + "/bare/" + category.Name,
            Family = Id,
            Template = "bare",
            Question = BareQuestion(category),
            Answer = answer,
            Steps = "",
            Slots = [answer],
            Facts = ["any " + category.Name, "ask " + category.Name],
            Alternatives = category.Distribution(_options.Exponent),
            Difficulty = 1,
            Split = TaskSplit.Train,
            Lineage = default,
        };
    }

    /// <inheritdoc/>
    protected override ListingPlan Draw(int difficulty, ref SampleStream stream)
    {
        while (true)
        {
            ListingCategory category = stream.Pick(ListingCategories.All);
            int count = difficulty >= 4 ? 2 : 1;
            string model = stream.Pick(category.Members);
            bool byFirst = difficulty == 2 && stream.Chance(0.5);
            char first = byFirst ? model[0] : '\0';
            char contained = difficulty >= 3 ? model[stream.NextInt(model.Length)] : '\0';
            int exclusions = difficulty switch
            {
                1 => 2,
                2 => byFirst ? 1 : 3,
                3 => stream.Between(1, 3),
                _ => stream.Between(2, 3),
            };
            IReadOnlyList<WeightedAnswer> distribution = category.Distribution(_options.Exponent);
            WeightedAnswer[] fitting = [.. distribution.Where(answer => Fits(answer.Text, first, contained))];
            if (fitting.Length < exclusions + count)
            {
                continue;
            }

            // Exclusions come from the members that would otherwise be right; half the time frequent ones are first in line.
            string[] excluded = stream.Chance(0.5)
                ? PickByWeight(fitting, exclusions, ref stream)
                : stream.PickSome([.. fitting.Select(answer => answer.Text)], exclusions);
            WeightedAnswer[] right = [.. fitting.Where(answer => !excluded.Contains(answer.Text))];
            double total = right.Sum(answer => answer.Probability);
            WeightedAnswer[] accepted = [.. right.Select(answer => answer with { Probability = answer.Probability / total })];
            string[] ordered = [.. category.Members.Where(excluded.Contains)];
            return new ListingPlan(category, count, first, contained, ordered, accepted, PickByWeight(accepted, count, ref stream));
        }
    }

    /// <inheritdoc/>
    protected override string Content(ListingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Question(plan);
    }

    /// <inheritdoc/>
    protected override TaskDraft Write(ListingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string template = plan.First != '\0' ? "first" : plan.Contained != '\0' ? "contains" : "except";
        string[] facts = [.. Conditions(plan), "ask " + (plan.Count == 1 ? plan.Category.Name : "2 " + plan.Category.Name)];
        return new TaskDraft(template, Question(plan), Finish(plan, plan.Answer), facts) { Alternatives = plan.Accepted };
    }

    /// <inheritdoc/>
    protected override CorruptedSolution Corrupt(ListingPlan plan, TaskSolution right, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string[] answer = [.. plan.Answer];
        int at = stream.NextInt(answer.Length);
        if (stream.Chance(0.4))
        {
            answer[at] = stream.Pick(plan.Excluded);
            return new(Finish(plan, answer), CorruptionKind.StaleValue, at);
        }

        ListingCategory source = stream.Chance(0.6) ? plan.Category : stream.PickOther(ListingCategories.All, plan.Category);
        answer[at] = stream.Pick(source.Members);
        return new(Finish(plan, answer), CorruptionKind.WrongSlot, at);
    }

    /// <inheritdoc/>
    protected override bool IsWrong(ListingPlan plan, TaskSolution right, TaskSolution candidate)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(candidate);
        return candidate.Slots.Distinct().Count() != plan.Count
            || candidate.Slots.Any(slot => plan.Accepted.All(answer => answer.Text != slot));
    }

    private static bool Fits(string member, char first, char contained) =>
        (first == '\0' || member[0] == first) && (contained == '\0' || member.Contains(contained));

    private static string Article(ListingCategory category) => "aeiou".Contains(category.Name[0]) ? "an " : "a ";

    private static List<string> Conditions(ListingPlan plan)
    {
        var conditions = new List<string>();
        if (plan.First != '\0')
        {
            conditions.Add("first letter " + plan.First);
        }

        if (plan.Contained != '\0')
        {
            conditions.Add("has " + plan.Contained);
        }

        conditions.AddRange(plan.Excluded.Select(member => "not " + member));
        return conditions;
    }

    private static string Question(ListingPlan plan)
    {
        string asked = plan.Count == 1 ? BareQuestion(plan.Category) : "name two of kind " + plan.Category.Name;
        string letters = plan.First != '\0' ? " starting with " + plan.First : plan.Contained != '\0' ? " with " + plan.Contained : "";
        return asked + letters + ", not " + string.Join(" or ", plan.Excluded);
    }

    private static TaskSolution Finish(ListingPlan plan, IReadOnlyList<string> answer) =>
        TaskSolution.Of([string.Join(", ", Conditions(plan))], answer);

    private static string[] PickByWeight(IReadOnlyList<WeightedAnswer> answers, int count, ref SampleStream stream)
    {
        List<WeightedAnswer> left = [.. answers];
        var picked = new string[count];
        for (int i = 0; i < count; i++)
        {
            int at = stream.PickWeighted([.. left.Select(answer => answer.Probability)]);
            picked[i] = left[at].Text;
            left.RemoveAt(at);
        }

        return picked;
    }
}
