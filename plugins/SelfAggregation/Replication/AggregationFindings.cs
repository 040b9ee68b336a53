using System.Globalization;
using Agents.Replication;

namespace Agents.Plugins.SelfAggregation.Replication;

/// <summary>Turns the arms into comparisons, checks and a verdict.</summary>
internal static class AggregationFindings
{
    /// <summary>The difference between arms that would matter: below it, a run that finds nothing says nothing.</summary>
    private const double EffectOfInterest = 0.04;

    /// <summary>Concludes.</summary>
    /// <param name="laboratory">Statistics.</param>
    /// <param name="scale">Sizes.</param>
    /// <param name="split">Split of the questions.</param>
    /// <param name="corpus">Training data.</param>
    /// <param name="arms">All runs.</param>
    /// <param name="adapters">All adapters by name.</param>
    public static ReplicationFindings Of(
        ILaboratory laboratory, AggregationScale scale, ExperimentSplit split, AggregationCorpus corpus, AggregationArms arms, IReadOnlyList<(string Name, ExperimentAdapter Adapter)> adapters)
    {
        ArmComparison Compare(string baseline) => laboratory.Compare(arms[baseline], arms[AggregationArms.Aggregate]);
        ArmComparison On(string baseline, params IReadOnlyList<string> families) => laboratory.Compare(arms.On(baseline, families), arms.On(AggregationArms.Aggregate, families));
        ArmComparison primary = Compare(AggregationArms.Greedy);
        ArmComparison blank = Compare(AggregationArms.Blank);
        ArmComparison plain = Compare(AggregationArms.Plain);
        ArmComparison choose = Compare(AggregationArms.Choose);
        ArmComparison plainVote = Compare(AggregationArms.PlainVote);
        ArmComparison shuffled = laboratory.Compare(arms[AggregationArms.Greedy], arms[AggregationArms.Shuffled]);
        ArmComparison multi = Relabelled(On(AggregationArms.Vote, AggregationScale.MultiSlot), "several slots");
        ArmComparison single = Relabelled(On(AggregationArms.Vote, AggregationScale.SingleSlot), "one slot");
        double recovery = arms.Mean(AggregationArms.Aggregate, "recovered");
        (EffectVerdict verdict, string explanation) = Conclude(primary, [blank, plain], shuffled, recovery, multi);
        return new ReplicationFindings
        {
            Verdict = verdict,
            Explanation = explanation,
            Primary = primary,
            Comparisons =
            [
                primary, blank, plain, plainVote, choose, Compare(AggregationArms.Vote), multi, single, Compare(AggregationArms.Untrained), Compare(AggregationArms.Oracle), shuffled,
                laboratory.Compare(arms[AggregationArms.Aggregate], arms[AggregationArms.Shuffled]),
            ],
            Arms = arms.All,
            Checks = [.. Checks(arms, primary, blank, plain, plainVote, choose, shuffled, multi, single, recovery)],
            Tables = [Families(arms), Cost(arms), Recovery(arms), Samples(arms), Sweep(arms), Training(adapters)],
            Setup =
            [
                Text($"Questions: {scale.Items} each of lookup and transform (answers of several slots) and arithmetic (one slot), {split} split; {scale.Examples} training questions per family; every seed repeats training and sampling."),
                Text($"Aggregation training: per training question {AggregationScale.Candidates} samples of the model under test at temperature {AggregationScale.Temperature}, shuffled, target = gold solution ({corpus.RightShare:0.0%} of the samples right; none right in {corpus.NoneRight:0.0%}, all right in {corpus.AllRight:0.0%} of the lists); adapter of rank 8, {scale.Epochs} epoch(s). The chooser learns the number of the first right sample (of the plurality where none is right) from the same lists, the plain control the gold solution without samples: equal data, equal steps."),
                Text($"All arms with samples share them: same seed, temperature {AggregationScale.Temperature}, at most {AggregationScale.MaximumTokens} tokens. The aggregation itself is greedy. Identical samples are not drawn again, because that would leave the equal number of calls."),
                "The oracle takes a right sample wherever one of the three is right: no choice can beat it, an aggregation can.",
            ],
            Notes =
            [
                "Deviation from the paper: its models follow the prompt untrained; the aggregator here is trained (papers/16 §2.5), and the untrained one is an arm of its own.",
                "Deviation of the choice: universal self-consistency asks for the most consistent sample; the chooser here is trained on which sample is right, which is at least as strong.",
                "Equal calls are not equal tokens: the last call reads three solutions. The table of costs has both.",
                "Rates, ranks and sizes were set on the validation split, on which quick runs measure; the test split serves full runs only.",
            ],
        };
    }

    /// <summary>Decides.</summary>
    /// <param name="primary">The method against greedy.</param>
    /// <param name="controls">The method against the controls of training.</param>
    /// <param name="shuffled">The method in random order against greedy.</param>
    /// <param name="recovery">Share of right answers where no sample was right.</param>
    /// <param name="multi">The method against the vote where answers have several slots.</param>
    internal static (EffectVerdict Verdict, string Explanation) Conclude(
        ArmComparison primary, IReadOnlyList<ArmComparison> controls, ArmComparison shuffled, double recovery, ArmComparison multi)
    {
        string figures = string.Join("; ", new[] { primary, multi }.Concat(controls).Select(Figures)) + Text($"; shuffled {Figures(shuffled)}; recovery rate {recovery:0.0%}");
        if (!primary.IsBetter)
        {
            return primary.MinimumDetectableEffect > EffectOfInterest && !primary.IsWorse
                ? (EffectVerdict.Underpowered, Text($"No difference from greedy shows, and {EffectOfInterest:0%} could not have been found: {figures}."))
                : (EffectVerdict.NotShown, Text($"The aggregation is not better than one greedy answer: {figures}."));
        }

        ArmComparison[] missed = [.. controls.Where(control => !control.IsBetter)];
        List<string> gaps = [.. missed.Select(control => control.Baseline)];
        if (!shuffled.IsBetter)
        {
            gaps.Add("a shuffled order");
        }

        if (!(recovery > 0))
        {
            gaps.Add("pure selection (nothing was recovered)");
        }

        if (gaps.Count > 0)
        {
            return (EffectVerdict.ShownAgainstSome, Text($"Better than greedy, but not than {string.Join(" and ", gaps)}: {figures}."));
        }

        return multi.IsBetter
            ? (EffectVerdict.Shown, Text($"Better than greedy, than the same aggregator with the samples of another question and than plain training of equal steps, in any order, and better than a vote of equal calls where answers have several slots: {figures}."))
            : (EffectVerdict.ShownAgainstSome, Text($"Better than greedy and than all controls of training, but not than a vote of equal calls where answers have several slots: {figures}."));
    }

    private static IEnumerable<FindingCheck> Checks(
        AggregationArms arms, ArmComparison primary, ArmComparison blank, ArmComparison plain, ArmComparison plainVote, ArmComparison choose, ArmComparison shuffled, ArmComparison multi, ArmComparison single, double recovery)
    {
        double fresh = arms.Mean(AggregationArms.Vote, "freshRecovered");
        double[] sweep = [.. AggregationScale.Temperatures.Select(at => arms.Accuracy(AggregationArms.Sweep(at)))];
        int best = Array.IndexOf(sweep, sweep.Max());
        yield return new FindingCheck("the aggregation beats greedy by more than two standard errors", primary.Difference > 2 * primary.StandardError, Figures(primary));
        yield return new FindingCheck("wrong if not: it beats the same aggregator with the samples of another question", blank.IsBetter, Figures(blank));
        yield return new FindingCheck("wrong if not: it beats plain SFT of equal steps", plain.IsBetter, Figures(plain));
        yield return new FindingCheck("it beats plain SFT of equal steps that votes over four samples (equal calls)", plainVote.IsBetter, Figures(plainVote));
        yield return new FindingCheck("wrong if not: the recovery rate is above zero", recovery > 0, Text($"{recovery:0.0%} of the questions without a right sample"));
        yield return new FindingCheck("it recovers more than one more sample does", recovery > fresh, Text($"{recovery:0.0%} against {fresh:0.0%}"));
        yield return new FindingCheck("wrong if not: the gain stays when the order is shuffled", shuffled.IsBetter, Figures(shuffled));
        yield return new FindingCheck("it is at least as good as a trained choice among the same samples", !choose.IsWorse, Figures(choose));
        yield return new FindingCheck("it beats a vote of four where answers have several slots", multi.IsBetter, Figures(multi));
        yield return new FindingCheck("it is about as good as a vote of four where answers have one slot (the interval holds zero)", !single.IsBetter && !single.IsWorse, Figures(single));
        yield return new FindingCheck(
            "the best temperature lies inside the range of the sweep", best > 0 && best < sweep.Length - 1,
            string.Join(", ", AggregationScale.Temperatures.Zip(sweep, (at, accuracy) => Text($"T {at}: {accuracy:0.0%}"))));
    }

    private static FindingTable Families(AggregationArms arms)
    {
        string[] families = [.. AggregationScale.MultiSlot, AggregationScale.SingleSlot];
        return new FindingTable(
            "Accuracy by family", ["arm", .. families, "all"],
            [.. Names().Select(arm => (IReadOnlyList<string>)[arm, .. families.Select(family => Text($"{arms.Accuracy(arm, family):0.0%}")), Text($"{arms.Accuracy(arm):0.0%}")])]);
    }

    private static FindingTable Cost(AggregationArms arms) => new(
        "Cost per question and per right answer",
        ["arm", "calls", "tokens read", "tokens written", "tokens per right answer"],
        [.. Names().Where(arm => arm != AggregationArms.Oracle).Select(arm =>
        {
            Observation[] rows = [.. arms[arm].SelectMany(run => run.Rows).Select(row => row.Seen)];
            double tokens = rows.Sum(row => (double)row.PromptTokens + row.CompletionTokens);
            int right = rows.Count(row => row.Correct == true);
            return (IReadOnlyList<string>)
            [
                arm, Text($"{rows.Average(row => row.Calls):0.00}"), Text($"{rows.Average(row => row.PromptTokens):0}"), Text($"{rows.Average(row => row.CompletionTokens):0}"),
                right == 0 ? "–" : Text($"{tokens / right:0}"),
            ];
        })]);

    private static FindingTable Recovery(AggregationArms arms) => new(
        "What becomes of the samples",
        ["arm", "some sample right", "right where none was (recovery)", "right where some was", "new answers", "agreement"],
        [.. ((string[])[AggregationArms.Aggregate, AggregationArms.Shuffled, AggregationArms.Untrained]).Select(arm => (IReadOnlyList<string>)
            [arm, .. ((string[])["anyRight", "recovered", "kept", "novel", "agreement"]).Select(value => Text($"{arms.Mean(arm, value):0.0%}"))]),
         [AggregationArms.Vote + ": the fourth sample", "", Text($"{arms.Mean(AggregationArms.Vote, "freshRecovered"):0.0%}"), "", "", ""]]);

    // Copying what all say, deciding between them, and solving anew are three skills; the accuracy of an arm mixes them.
    private static FindingTable Samples(AggregationArms arms)
    {
        string[] families = [.. AggregationScale.MultiSlot, AggregationScale.SingleSlot];
        return new FindingTable(
            "Right answers by what the samples are",
            ["arm", "family", "all three right", "some right", "none right"],
            [.. ((string[])[AggregationArms.Aggregate, AggregationArms.Untrained]).SelectMany(arm => families.Select(family =>
            {
                Observation[] rows = [.. arms.On(arm, family).SelectMany(run => run.Rows).Select(row => row.Seen)];
                string Share(Func<Observation, bool> takes)
                {
                    Observation[] taken = [.. rows.Where(takes)];
                    return taken.Length == 0 ? "–" : Text($"{taken.Average(seen => seen.Correct == true ? 1.0 : 0):0.0%} of {taken.Length}");
                }

                return (IReadOnlyList<string>)
                [
                    arm, family, Share(seen => seen.Values["allRight"] == 1), Share(seen => seen.Values["anyRight"] == 1 && seen.Values["allRight"] == 0), Share(seen => seen.Values["anyRight"] == 0),
                ];
            }))]);
    }

    private static FindingTable Sweep(AggregationArms arms) => new(
        "Temperature of the samples",
        ["T", "accuracy", "several slots", "one slot", "distance of samples (1 − cosine)", "distinct answers / n", "some sample right", "recovery"],
        [.. AggregationScale.Temperatures.Select(at => AggregationArms.Sweep(at)).Zip(AggregationScale.Temperatures, (arm, at) => (IReadOnlyList<string>)
            [
                Text($"{at}"), Text($"{arms.Accuracy(arm):0.0%}"), Text($"{arms.Accuracy(arm, AggregationScale.MultiSlot):0.0%}"), Text($"{arms.Accuracy(arm, AggregationScale.SingleSlot):0.0%}"),
                Text($"{arms.Mean(arm, "diversity"):0.000}"), Text($"{arms.Mean(arm, "distinct"):0.000}"), Text($"{arms.Mean(arm, "anyRight"):0.0%}"), Text($"{arms.Mean(arm, "recovered"):0.0%}"),
            ])]);

    private static FindingTable Training(IReadOnlyList<(string Name, ExperimentAdapter Adapter)> adapters) => new(
        "Training",
        ["adapter", "steps", "tokens", "first loss", "last loss"],
        [.. adapters.GroupBy(one => one.Name).Select(group => (IReadOnlyList<string>)
            [
                group.Key, string.Join(", ", group.Select(one => one.Adapter.Steps)), string.Join(", ", group.Select(one => one.Adapter.Tokens)),
                string.Join(", ", group.Select(one => Text($"{one.Adapter.Loss.First:0.000}"))), string.Join(", ", group.Select(one => Text($"{one.Adapter.Loss.Last:0.000}"))),
            ])]);

    private static string[] Names() =>
    [
        AggregationArms.Greedy, AggregationArms.Vote, AggregationArms.Choose, AggregationArms.Aggregate, AggregationArms.Untrained, AggregationArms.Blank, AggregationArms.Plain, AggregationArms.PlainVote,
        AggregationArms.Shuffled, AggregationArms.Oracle,
    ];

    private static ArmComparison Relabelled(ArmComparison comparison, string part) => comparison with { Baseline = $"{comparison.Baseline} ({part})", Method = $"{comparison.Method} ({part})" };

    private static string Figures(ArmComparison one) => Text($"{one.Method} against {one.Baseline} {one.Difference:+0.0%;-0.0%} [{one.Low:+0.0%;-0.0%}, {one.High:+0.0%;-0.0%}]");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
