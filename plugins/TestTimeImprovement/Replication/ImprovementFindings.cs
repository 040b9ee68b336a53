using System.Globalization;
using Agents.Replication;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>Reads the runs: comparisons, the conditions of papers/61 §5, tables and the verdict.</summary>
internal sealed class ImprovementFindings(
    ILaboratory laboratory, ImprovementPlan plan, SkewedBase start, ToolPhraseBook phrases, UpdateRecipe recipe, IReadOnlyList<(UpdateRecipe Recipe, ArmRun Run)> tried, IReadOnlyList<SeedRuns> runs,
    OpenQuestions open, ArmRun itself)
{
    /// <summary>Smallest difference that would matter: the average gain that the authors report is 5.5 points.</summary>
    private const double Effect = 0.05;

    private const double InformativeAuroc = 0.55;
    private const double ExpectedAuroc = 0.65;
    private static readonly double[] Thresholds = [0.35, 0.5, 0.65, 0.8, 0.95, 0.99, 1];

    private static readonly string[] Stages = ["scoreMs", "synthesizeMs", "trainMs", "answerMs"];

    /// <summary>Writes the findings.</summary>
    public ReplicationFindings Write()
    {
        ArmRun[] plain = Arm(run => run.Plain);
        ArmRun[] improved = Arm(run => run.Unsure("uncertain", run.All, ImprovementPlan.Tau));
        ArmRun[] taught = Arm(run => run.Unsure("uncertain, taught", run.Taught, ImprovementPlan.Tau));
        ArmRun[] oracle = Arm(run => run.Unsure("uncertain, right pairs", run.Oracle, ImprovementPlan.Tau));
        ArmRun[] other = Arm(run => run.Unsure("uncertain, right pairs of other items", run.Other, ImprovementPlan.Tau));
        ArmRun[] shown = Arm(run => run.Unsure("uncertain, demonstrations", run.Shown, ImprovementPlan.Tau));
        ArmRun[] noise = Arm(run => run.Unsure("uncertain, shuffled labels", run.Noise, ImprovementPlan.Tau));
        ArmRun[] votes = Arm(run => run.Unsure("uncertain, votes", run.Votes, ImprovementPlan.Tau));
        ArmRun[] least = Arm(run => run.Least("least certain", run.EqualUpdates));
        ArmRun[] most = Arm(run => run.Most("most certain", run.EqualUpdates));
        ArmRun[] random = Arm(run => run.Random("random", run.EqualUpdates));
        ArmRun[] pooled = [.. runs.Select(run => run.Pooled).OfType<ArmRun>()];
        ArmComparison primary = laboratory.Compare(plain, improved);
        ArmComparison content = laboratory.Compare(noise, improved);
        ArmComparison calls = laboratory.Compare(votes, improved);
        ArmComparison selection = laboratory.Compare(most, least);
        ArmComparison ceiling = laboratory.Compare(plain, oracle);
        ArmComparison taughtGain = laboratory.Compare(plain, taught);
        List<ArmComparison> comparisons =
        [
            primary, content, selection, laboratory.Compare(random, least), calls, laboratory.Compare(plain, votes), laboratory.Compare(plain, Arm(run => run.All)), taughtGain, laboratory.Compare(improved, taught), ceiling,
            laboratory.Compare(taught, oracle), laboratory.Compare(plain, other), laboratory.Compare(other, oracle), laboratory.Compare(plain, shown), laboratory.Compare(shown, improved), laboratory.Compare(plain, noise), laboratory.Compare(plain, Arm(run => run.Teacher)),
        ];
        if (pooled.Length == runs.Count)
        {
            comparisons.Add(laboratory.Compare(plain, pooled));
            comparisons.Add(laboratory.Compare(pooled, improved));
        }

        comparisons.AddRange(open.Compare());
        double auroc = RankedMargins.Auroc(plain.SelectMany(run => run.Rows.Select(row => row.Seen)));
        (EffectVerdict verdict, string explanation) = Judge(primary, content, selection, calls, ceiling, auroc);
        return new ReplicationFindings
        {
            Verdict = verdict,
            Explanation = explanation,
            Primary = primary,
            Arms =
            [
                .. plain, .. improved, .. Arm(run => run.All), .. least, .. most, .. random, .. taught, .. oracle, .. other, .. shown, .. votes, .. noise, .. pooled, .. Arm(run => run.Teacher), .. open.Arms,
            ],
            Comparisons = comparisons,
            Checks = Checks(primary, content, selection, comparisons[3], calls, ceiling, taughtGain, auroc),
            Tables = [Bands(plain, improved, taught, oracle, other, noise), Sweep(), Labels(), Grid(), Latency()],
            Setup = Setup(),
            Notes = Notes(auroc),
        };
    }

    private static (EffectVerdict Verdict, string Explanation) Judge(
        ArmComparison primary, ArmComparison content, ArmComparison selection, ArmComparison calls, ArmComparison ceiling, double auroc)
    {
        string gain = $"unsure items improved: {Points(primary)} against the unadapted model";
        if (!primary.IsBetter)
        {
            string room = $"right pairs in place of the model's own give {Points(ceiling)}";
            return primary.MinimumDetectableEffect > Effect
                ? (EffectVerdict.Underpowered, $"{gain}; a difference below {Percent(primary.MinimumDetectableEffect)} would not have been found.")
                : (EffectVerdict.NotShown, $"{gain}; {room}.");
        }

        List<string> against = [];
        if (!content.IsBetter)
        {
            against.Add($"shuffled labels ({Points(content)})");
        }

        if (!(selection.Difference > 0))
        {
            against.Add($"as many updates on the most certain items ({Points(selection)})");
        }

        if (!(calls.Difference > 0))
        {
            against.Add($"votes over as many calls ({Points(calls)})");
        }

        if (!(auroc > InformativeAuroc))
        {
            against.Add(string.Create(CultureInfo.InvariantCulture, $"chance in telling wrong answers by the margin (AUROC {auroc:F2})"));
        }

        return against.Count == 0
            ? (EffectVerdict.Shown, $"{gain}, and more than with shuffled labels ({Points(content)}) or on certain items ({Points(selection)}).")
            : (EffectVerdict.ShownAgainstSome, $"{gain}, but not against {string.Join(" nor ", against)}.");
    }

    private List<FindingCheck> Checks(
        ArmComparison primary, ArmComparison content, ArmComparison selection, ArmComparison chance, ArmComparison calls, ArmComparison ceiling, ArmComparison taught, double auroc)
    {
        (ExperimentItem Item, Observation Seen)[] composed = [.. runs[0].Unsure("uncertain", runs[0].All, ImprovementPlan.Tau).Rows.Take(itself.Rows.Count)];
        double accuracy = Arm(run => run.Plain).Average(run => run.Accuracy);
        int equal = composed.Zip(itself.Rows).Count(pair => pair.First.Seen.Response == pair.Second.Seen.Response);
        return
        [
            new FindingCheck("The unadapted model answers 50 to 70 % right, as the specification wants", accuracy is >= 0.5 and <= 0.7, Percent(accuracy)),
            new FindingCheck("The margin tells wrong answers (AUROC above 0.55; expected above 0.65)", double.IsNaN(auroc) ? null : auroc > InformativeAuroc, string.Create(CultureInfo.InvariantCulture, $"AUROC {auroc:F3}{(auroc > ExpectedAuroc ? "" : ", below the expectation")}")),
            new FindingCheck("Improving the least certain items beats improving as many of the most certain", selection.Difference > 0, Points(selection)),
            new FindingCheck("Improving the least certain items beats improving as many at random", chance.Difference > 0, Points(chance)),
            new FindingCheck("Improving beats a vote over as many calls on the same items", calls.Difference > 0, Points(calls)),
            new FindingCheck("Shuffled labels do not match the model's own", content.IsBetter, Points(content)),
            new FindingCheck("Right pairs help at least as much as taught ones, and taught ones as much as the model's own", ceiling.Difference >= taught.Difference && taught.Difference >= primary.Difference, $"right {Points(ceiling)}; taught {Points(taught)}; own {Points(primary)}"),
            new FindingCheck("The gain of the model's own pairs exceeds two standard errors", primary.Difference > 2 * primary.StandardError, Points(primary)),
            new FindingCheck("Arms composed from two runs are what the strategy does by itself", equal == composed.Length, $"{equal} of {composed.Length} responses equal"),
        ];
    }

    private FindingTable Bands(params ArmRun[][] arms) => new(
        "Accuracy by what the base adapter saw: a third of the functions each, by frequency; ways of asking that it never saw apart",
        ["arm", .. SkewedBase.AllBands.Select(band => $"{band} (n {runs[0].Plain.Rows.Count(row => start.BandOf(row.Item) == band)})"), "mean margin of wrong / right"],
        [.. arms.Select(arm => (IReadOnlyList<string>)[arm[0].Arm, .. SkewedBase.AllBands.Select(band => Share(arm, row => start.BandOf(row.Item) == band)), $"{Margin(arm, false)} / {Margin(arm, true)}"])]);

    private FindingTable Sweep() => new(
        "Thresholds: an item is improved where its margin is below tau",
        ["tau", "improved", "of the wrong answers, improved", "own pairs", "taught", "right pairs"],
        [.. Thresholds.Select(tau => (IReadOnlyList<string>)
        [
            tau.ToString(CultureInfo.InvariantCulture),
            Percent(Rows(run => run.Plain).Average(row => Below(row.Seen, tau))),
            Percent(Rows(run => run.Plain).Where(row => row.Seen.Correct == false).Select(row => Below(row.Seen, tau)).DefaultIfEmpty(double.NaN).Average()),
            Share(Arm(run => run.Unsure("own", run.All, tau)), _ => true),
            Share(Arm(run => run.Unsure("taught", run.Taught, tau)), _ => true),
            Share(Arm(run => run.Unsure("right", run.Oracle, tau)), _ => true),
        ])]);

    // The label of a synthetic pair against the change of its item's answer, over the items that the model is unsure about.
    private FindingTable Labels()
    {
        List<IReadOnlyList<string>> rows = [];
        foreach ((string name, Func<SeedRuns, ArmRun> arm) in new (string, Func<SeedRuns, ArmRun>)[]
        {
            ("own", run => run.All), ("taught", run => run.Taught), ("shuffled", run => run.Noise), ("right", run => run.Oracle), ("right, of other items", run => run.Other),
        })
        {
            var pairs = runs.SelectMany(run => run.Plain.Rows.Zip(arm(run).Rows, (before, after) => (Before: before.Seen, After: after.Seen))).Where(pair => Below(pair.Before, ImprovementPlan.Tau) == 1).ToArray();
            foreach ((string label, Func<Observation, bool> takes) in new (string, Func<Observation, bool>)[]
            {
                ("right, of the item's function", seen => Has(seen, 1) && seen.Values[ImprovementArms.SameFunction] == 1), ("right, of another function", seen => Has(seen, 1) && seen.Values[ImprovementArms.SameFunction] == 0),
                ("wrong", seen => Has(seen, 0)), ("no valid pair", seen => !seen.Values.ContainsKey(ImprovementArms.RightLabel)),
            })
            {
                var taken = pairs.Where(pair => takes(pair.After)).ToArray();
                if (taken.Length > 0)
                {
                    rows.Add([name, label, Percent(taken.Length / (double)pairs.Length), Percent(taken.Average(pair => Right(pair.Before))), Percent(taken.Average(pair => Right(pair.After)))]);
                }
            }
        }

        return new FindingTable("Synthetic pairs and what they did, unsure items", ["pairs", "label", "share of items", "unadapted", "improved"], rows);

        static bool Has(Observation seen, double value) => seen.Values.TryGetValue(ImprovementArms.RightLabel, out double label) && label == value;
    }

    private FindingTable Grid() => new(
        "Steps and rate on the validation split, temporary adapters on right pairs", ["recipe", "accuracy", "chosen"],
        [.. tried.Select(entry => (IReadOnlyList<string>)[entry.Recipe.Name, Percent(entry.Run.Accuracy), entry.Recipe == recipe ? "yes" : ""])]);

    private FindingTable Latency() => new(
        "Milliseconds per improved item, medians (several items run at once)", ["stage", "ms"],
        [.. Stages.Select(stage => (IReadOnlyList<string>)
        [
            stage[..^2],
            Median([.. Rows(run => run.All).Where(row => row.Seen.Values.GetValueOrDefault("adapted") == 1 && row.Seen.Values.ContainsKey(stage)).Select(row => row.Seen.Values[stage])]),
        ])]);

    private List<string> Setup() =>
    [
        $"{plan.Items} {ImprovementPlan.SplitOf(laboratory.Profile).ToString().ToLowerInvariant()} items of the family '{ImprovementPlan.Family}', the same for {runs.Count} seeds: functions and ways of asking drawn uniformly; greedy answers.",
        string.Create(CultureInfo.InvariantCulture, $"The unadapted model of all arms is {laboratory.Model.Name} with one adapter (rank {SkewedBase.Rank}, {SkewedBase.Epochs} epochs over {SkewedBase.Data} questions with answers and {SkewedBase.Data} with variants, the noise of the embedded model's recipe) that learned the family from a skewed mixture: the k-th of 24 functions in proportion to k^-1.6, three of four ways of asking at 6 : 3 : 1, the fourth never. {start.Describe()}. Temporary adapters are trained over it, answers run with both."),
        string.Create(CultureInfo.InvariantCulture, $"Margins by relative softmax scoring over the offered functions, summed over the tokens of the names; threshold {ImprovementPlan.Tau}; K = 1 pair, at most {ImprovementPlan.Attempts} attempts."),
        $"Adapters of rank 8 on all linear layers, {recipe.Name}, chosen on {plan.Choice} validation items with right pairs; ties go to the specification's 5 steps at 0.001, then to what changes more.",
        $"The teacher is the same model with an adapter that was fine-tuned on {2 * plan.TeacherData} conversations of the same skewed mixture (writing variants and solving, right throughout): no larger model.",
        $"Labels of synthetic pairs are graded by {phrases.Count} ways of asking read off validation items; right pairs are training items of the same function, so that an oracle's pair gives the function away.",
        "The arms uncertain, least certain, most certain and random are put together per item from the unadapted and the improved answer, which do not depend on the selection; a check runs the strategy itself.",
    ];

    private List<string> Notes(double auroc)
    {
        var all = Rows(run => run.All).ToArray();
        bool[] unsure = [.. Rows(run => run.Plain).Select(row => Below(row.Seen, ImprovementPlan.Tau) == 1)];
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"The unadapted model calls {unsure.Average(is1 => is1 ? 1.0 : 0):P0} of the items unsure and answers {Arm(run => run.Plain).Average(run => run.Accuracy):P1} right; AUROC of the margin {auroc:F3}."),
            $"Its own pairs: {Own(all.Where((_, i) => unsure[i]))} where it is unsure, {Own(all.Where((_, i) => !unsure[i]))} elsewhere.",
            open.Describe(),
            "An earlier full run (3 seeds, 400 test items of the family 'tools', the embedded model without a base adapter) did not show the effect and could not have: the model solves three of its levels and is at chance on the fourth. Uncertain − unadapted −0.4 points [-1.2, 0.3], right pairs −0.6 [-3.4, 2.3], AUROC 0.877. The base adapter was made because of it, as the specification asks for a base of intermediate ability.",
            SkewedBase.Tried,
            "Deviations from the paper: a model of three million parameters, no instructions but trained formats; the sampling temperature of pairs (0.7) and rank, rate and steps are ours, because the paper's are not published.",
            runs.Any(run => run.Pooled is null) ? "With some seed too few pairs of unsure items were valid for the pooled adapter; that arm is left out." : "The pooled adapter is the base adapter trained further; it saw each pair as often as its temporary adapter did.",
        ];
    }

    private static string Own(IEnumerable<(ExperimentItem Item, Observation Seen)> rows)
    {
        (ExperimentItem Item, Observation Seen)[] every = [.. rows];
        Observation[] written = [.. every.Select(row => row.Seen).Where(seen => seen.Values.ContainsKey(ImprovementArms.RightLabel))];
        double Of(string value) => written.Length == 0 ? double.NaN : written.Average(seen => seen.Values[value]);
        return $"a valid one for {Percent(written.Length / (double)Math.Max(1, every.Length))} of the items, {Percent(Of(ImprovementArms.RightLabel))} of them right, {Percent(Of(ImprovementArms.SameFunction))} of the item's function";
    }

    private ArmRun[] Arm(Func<SeedRuns, ArmRun> arm) => [.. runs.Select(arm)];

    private IEnumerable<(ExperimentItem Item, Observation Seen)> Rows(Func<SeedRuns, ArmRun> arm) => runs.SelectMany(run => arm(run).Rows);

    private static double Below(Observation seen, double tau) => seen.Values.GetValueOrDefault(RankedMargins.Margin, 1) < tau ? 1 : 0;

    private static double Right(Observation seen) => seen.Correct == true ? 1 : 0;

    private static string Share(IEnumerable<ArmRun> arms, Func<(ExperimentItem Item, Observation Seen), bool> takes) =>
        arms.SelectMany(arm => arm.Rows).Where(takes).Select(row => Right(row.Seen)).ToArray() is { Length: > 0 } values ? Percent(values.Average()) : "–";

    private static string Margin(IEnumerable<ArmRun> arms, bool right) =>
        arms.SelectMany(arm => arm.Rows).Where(row => row.Seen.Correct == right && row.Seen.Values.ContainsKey(RankedMargins.Margin)).Select(row => row.Seen.Values[RankedMargins.Margin]).ToArray() is { Length: > 0 } values
            ? values.Average().ToString("F2", CultureInfo.InvariantCulture)
            : "–";

    private static string Median(double[] values)
    {
        Array.Sort(values);
        return values.Length == 0 ? "–" : values[values.Length / 2].ToString("F0", CultureInfo.InvariantCulture);
    }

    private static string Percent(double share) => double.IsNaN(share) ? "–" : share.ToString("P1", CultureInfo.InvariantCulture);

    private static string Points(ArmComparison comparison) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * comparison.Difference:+0.0;−0.0;0.0} points [{100 * comparison.Low:0.0}, {100 * comparison.High:0.0}]");
}
