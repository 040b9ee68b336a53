using System.Text;

namespace Agents.Evaluation.Tasks.Lookup;

/// <summary>
/// Reading several values out of a handful of facts, with distractors, stale facts that contradict current ones, and slots that need
/// two look-ups.
/// </summary>
/// <remarks>
/// Sample: question <c>ann pet cat; bob hue red; old ann pet owl; bob pet dog. ask: bob hue, ann pet</c>, solution
/// <c>bob hue: red⏎ann pet: cat⏎answer: red, cat</c>. Content that decides the split: the current facts asked, in order of the asking.
/// </remarks>
public sealed class LookupFamily : GeneratedTaskFamily<LookupPlan>
{
    private const string Pal = "pal";
    private static readonly string[] Attributes = ["pet", "hue", "city", "food"];
    private readonly LookupOptions _options;

    /// <summary>Creates the family.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Settings are out of range; the message lists all.</exception>
    public LookupFamily(LookupOptions? options = null)
        : base("lookup", (options ?? new LookupOptions()).Difficulty, (options ?? new LookupOptions()).HeldOutDifficulty)
    {
        _options = options ?? new LookupOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    protected override LookupPlan Draw(int difficulty, ref SampleStream stream)
    {
        (int slots, int current, int stale) = difficulty switch
        {
            1 => (2, 4, 0),
            2 => (3, 4, 1),
            3 => (4, 5, 2),
            _ => (3, 5, 1),
        };
        string[] people = stream.PickSome(TaskWords.Names, 3 + ((current + _options.ExtraFacts) / 4));
        var facts = new List<LookupFact>();
        var queries = new List<LookupQuery>();
        if (difficulty >= 4)
        {
            // The two-hop slot: the pal's property must be among the facts.
            string attribute = stream.Pick(Attributes);
            facts.Add(new LookupFact(people[0], Pal, people[1], false));
            facts.Add(new LookupFact(people[1], attribute, stream.Pick(Values(attribute)), false));
            queries.Add(new LookupQuery(people[0], true, attribute));
        }

        while (facts.Count < current + _options.ExtraFacts)
        {
            string attribute = stream.Pick(Attributes);
            var fact = new LookupFact(stream.Pick(people), attribute, stream.Pick(Values(attribute)), false);
            if (facts.TrueForAll(other => other.Key != fact.Key))
            {
                facts.Add(fact);
            }
        }

        LookupFact[] askable = [.. facts.Where(fact => fact.Attribute != Pal)];
        foreach (LookupFact fact in stream.PickSome(askable, slots - queries.Count))
        {
            queries.Add(new LookupQuery(fact.Person, false, fact.Attribute));
        }

        if (_options.Conflicts)
        {
            // Stale twins of asked facts, so that ignoring the mark costs something.
            LookupQuery[] direct = [.. queries.Where(query => !query.ThroughPal)];
            foreach (LookupQuery query in stream.PickSome(direct, stale))
            {
                LookupFact fact = facts.First(other => !other.Stale && other.Key == query.Text);
                facts.Add(fact with { Value = stream.PickOther(Values(fact.Attribute), fact.Value), Stale = true });
            }
        }

        LookupFact[] order = [.. facts];
        stream.Shuffle<LookupFact>(order);
        LookupQuery[] asked = [.. queries];
        stream.Shuffle<LookupQuery>(asked);
        return new LookupPlan(order, asked, stream.Chance(0.5));
    }

    /// <inheritdoc/>
    protected override string Content(LookupPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return string.Join(';', plan.Queries.Select(query => query.Text + "=" + Answer(plan, query)));
    }

    /// <inheritdoc/>
    protected override TaskDraft Write(LookupPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var text = new StringBuilder();
        if (plan.Grouped)
        {
            text.AppendJoin(". ", plan.Facts.GroupBy(fact => fact.Person).Select(group =>
                group.Key + ": " + string.Join(", ", group.Select(fact => (fact.Stale ? "old " : "") + fact.Attribute + " " + fact.Value))));
        }
        else
        {
            text.AppendJoin("; ", plan.Facts.Select(Sentence));
        }

        string asked = string.Join(", ", plan.Queries.Select(query => query.Text));
        string question = text.Append(". ask: ").Append(asked).ToString();
        string[] slots = [.. plan.Queries.Select(query => Answer(plan, query))];
        List<string> facts = [.. plan.Queries.SelectMany(query => Needed(plan, query)).Distinct().Select(Sentence), "ask " + asked];
        return new TaskDraft(plan.Grouped ? "grouped" : "flat", question, Finish(plan, slots), facts);
    }

    /// <inheritdoc/>
    protected override CorruptedSolution Corrupt(LookupPlan plan, TaskSolution right, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(right);
        string[] slots = [.. right.Slots];
        int at = stream.NextInt(slots.Length);
        LookupQuery query = plan.Queries[at];
        LookupFact? outdated = plan.Facts.FirstOrDefault(fact => fact.Stale && fact.Key == query.Text);
        if (outdated is not null && stream.Chance(0.6))
        {
            slots[at] = outdated.Value;
            return new(Finish(plan, slots), CorruptionKind.StaleValue, at);
        }

        if (stream.Chance(0.3))
        {
            int other = stream.NextInt(slots.Length);
            (slots[at], slots[other]) = (slots[other], slots[at]);
            return new(Finish(plan, slots), CorruptionKind.SwappedOperand, Math.Min(at, other));
        }

        // Another person's value of the same kind when the question has one, else any value of the kind.
        string[] nearby = [.. plan.Facts.Where(fact => fact.Attribute == query.Attribute && fact.Value != slots[at]).Select(fact => fact.Value)];
        slots[at] = nearby.Length > 0 && stream.Chance(0.7) ? stream.Pick(nearby) : stream.PickOther(Values(query.Attribute), slots[at]);
        return new(Finish(plan, slots), CorruptionKind.WrongSlot, at);
    }

    private static string[] Values(string attribute) => attribute switch
    {
        "pet" => TaskWords.Pets,
        "hue" => TaskWords.Hues,
        "city" => TaskWords.Cities,
        _ => TaskWords.Foods,
    };

    private static string Sentence(LookupFact fact) => (fact.Stale ? "old " : "") + fact.Key + " " + fact.Value;

    private static string Current(LookupPlan plan, string person, string attribute) =>
        plan.Facts.First(fact => !fact.Stale && fact.Person == person && fact.Attribute == attribute).Value;

    private static string Answer(LookupPlan plan, LookupQuery query) =>
        Current(plan, query.ThroughPal ? Current(plan, query.Person, Pal) : query.Person, query.Attribute);

    private static IEnumerable<LookupFact> Needed(LookupPlan plan, LookupQuery query)
    {
        string person = query.Person;
        if (query.ThroughPal)
        {
            yield return plan.Facts.First(fact => fact.Person == person && fact.Attribute == Pal);
            person = Current(plan, person, Pal);
        }

        yield return plan.Facts.First(fact => !fact.Stale && fact.Person == person && fact.Attribute == query.Attribute);
    }

    private static TaskSolution Finish(LookupPlan plan, string[] slots)
    {
        var lines = new List<string>();
        for (int i = 0; i < slots.Length; i++)
        {
            LookupQuery query = plan.Queries[i];
            string person = query.Person;
            if (query.ThroughPal)
            {
                person = Current(plan, person, Pal);
                lines.Add(query.Person + " pal: " + person);
            }

            lines.Add(person + " " + query.Attribute + ": " + slots[i]);
        }

        return TaskSolution.Of(lines, slots);
    }
}
