using System.Globalization;
using Agents.Plugins.Malt.Pipeline;
using Agents.Replication;

namespace Agents.Plugins.Malt.Replication;

/// <summary>Turns the arms into comparisons, checks and a verdict.</summary>
internal static class MaltFindings
{
    /// <summary>The smallest gain over the untrained pipeline that the paper reports (CSQA), in accuracy.</summary>
    private const double EffectOfInterest = 0.025;

    /// <summary>Concludes.</summary>
    /// <param name="laboratory">Statistics.</param>
    /// <param name="scale">Sizes.</param>
    /// <param name="split">Split of the questions.</param>
    /// <param name="foundation">Adapter of the untrained roles.</param>
    /// <param name="level">Level of the questions.</param>
    /// <param name="tried">Learning rates of DPO.</param>
    /// <param name="statistics">What the expansions brought.</param>
    /// <param name="arms">All runs.</param>
    public static ReplicationFindings Of(
        ILaboratory laboratory, TreeScale scale, ExperimentSplit split, ExperimentAdapter foundation, ChosenLevel level, IReadOnlyList<TriedRate> tried, IReadOnlyList<TreeStatistics> statistics, IReadOnlyList<ArmRun> arms)
    {
        ArmComparison Compare(string baseline, string method) =>
            laboratory.Compare([.. arms.Where(run => run.Arm == baseline)], [.. arms.Where(run => run.Arm == method)]);
        ArmComparison primary = Compare(MaltArms.AgentsVote, MaltArms.Malt);
        ArmComparison star = Compare(MaltArms.Star, MaltArms.Malt);
        ArmComparison nine = Compare(MaltArms.SingleNine, MaltArms.Malt);
        ArmComparison empty = Compare(MaltArms.EmptyCritique, MaltArms.Malt);
        ArmComparison shuffled = Compare(MaltArms.Shuffled, MaltArms.Malt);
        ArmComparison starGain = Compare(MaltArms.AgentsVote, MaltArms.Star);
        (EffectVerdict verdict, string explanation) = Conclude(primary, [star, nine, empty, shuffled]);
        double single = Accuracy(arms, MaltArms.Single);
        return new ReplicationFindings
        {
            Verdict = verdict,
            Explanation = explanation,
            Primary = primary,
            Comparisons =
            [
                primary, star, nine, empty, shuffled, starGain, Compare(MaltArms.AgentsVote, MaltArms.Shuffled), Compare(MaltArms.Agents, MaltArms.MaltSingle), Compare(MaltArms.GeneratorNine, MaltArms.Malt),
                Compare(MaltArms.SingleNine, MaltArms.AgentsVote), Compare(MaltArms.UntrainedGenerator, MaltArms.Malt), Compare(MaltArms.UntrainedVerifier, MaltArms.Malt), Compare(MaltArms.UntrainedRefiner, MaltArms.Malt),
            ],
            Arms = arms,
            Checks =
            [
                new("wrong if not: MALT+MV3 beats MA+MV3 by more than 2 standard errors", primary.Difference > 2 * primary.StandardError, Figures(primary)),
                new("wrong if not: an empty critique in place of the trained verifier's costs accuracy", empty.IsBetter, Figures(empty)),
                new("wrong if not: training on values shuffled between siblings gains less", shuffled.IsBetter, Figures(shuffled)),
                new("expected: MALT+MV3 beats supervised training alone (STaR-MA+MV3)", star.IsBetter, Figures(star)),
                new("expected: supervised training alone beats the untrained pipeline", starGain.IsBetter, Figures(starGain)),
                new("expected: SA+MV9 is worse than MALT+MV3 at equal calls", nine.IsBetter, Figures(nine)),
                new("premise: one untrained answer is right in 45 to 65 % of cases", single is >= 0.45 and <= 0.65, Text($"{100 * single:0.0} %")),
            ],
            Tables = [Expansion(statistics), Stages(arms), Flips(arms)],
            Setup =
            [
                Text($"The untrained model of all arms: the model under test with one adapter (rank {TreeScale.Rank}) that practised the roles on {scale.FoundationExamples} conversations of the training split, {TreeScale.FoundationEpochs} times: critiques without noise, half of whose solutions are wrong (19 in 24), refinements (4) and solutions (1) with the noise of the embedded model's recipe; last loss {foundation.Loss.Last:0.000}."),
                Text($"Questions: family {TreeScale.Family}, level {level.Level}, chosen on {scale.LevelQuestions} validation questions per level as the one where a single answer is closest to {100 * TreeScale.WantedAccuracy:0} % ({string.Join(", ", TreeScale.Levels.Zip(level.Accuracies, (known, accuracy) => Text($"level {known} {100 * accuracy:0} %")))}); {scale.TestQuestions} questions of the {split.ToString().ToLowerInvariant()} split."),
                Text($"Trees: {scale.TrainingQuestions} training questions per seed, n = {TreeScale.Branches} ({TreeScale.Branches + (TreeScale.Branches * TreeScale.Branches) + (TreeScale.Branches * TreeScale.Branches * TreeScale.Branches)} calls each) through malt-tree at temperature {TreeScale.TreeTemperature}, values backed up globally, threshold 0.5; sets by the plugin's curator, at most {TreeScale.PairsPerQuestion} pairs per role and question."),
                Text($"Training: each role goes on from that adapter: cross-entropy on positive texts ({TreeScale.SupervisedEpochs} epochs, rate {TreeScale.SupervisedRate}), then DPO for verifier and refiner ({TreeScale.PreferenceEpochs} epoch, rate {tried.MaxBy(one => one.Accuracy)!.Rate:0.#####}, the best of {string.Join(", ", tried.Select(one => Text($"{one.Rate:0.#####} ({100 * one.Accuracy:0.0} %)")))} for the whole method on {2 * scale.LevelQuestions} validation questions with the pairs of the first seed, beta {TreeScale.Beta}); every seed has its own trees, adapters and samples."),
                Text($"All arms run the strategy malt at temperature {TreeScale.Temperature}; arms with a vote of three passes cost nine calls, as does SA+MV9; the empty critique costs six."),
            ],
            Notes =
            [
                "The embedded model alone was tried first (validation split, 150 questions, trees at 0.3): its verifier called 98 % of all solutions right, an empty critique cost nothing, and the method was 8.7 points [2.7, 15.3] above the untrained pipeline but 9.3 below nine votes of the generator. The common adapter makes the premise hold that critiques carry something (papers/33 §5 wants about 70 % right), trees at 0.8 that siblings differ.",
                "Tried for the adapter and the rates, on the same 150 validation questions, method minus untrained pipeline: 6,000 conversations, half of them critiques, 0.0; 24,000, two thirds critiques, a sixth solutions (one answer then right in 71 %), supervised rate 1e-3 −0.7, 3e-4 +2.7; no solutions at all (one answer right in 40 %: the generator forgets), DPO rate 3e-4 +1.3, 1e-4 +8.7. The mix in between was taken so that one answer is right in about half of the cases, without trying it.",
                "The refiner of a pass reads its critique, so the arm with an empty critique shows whether the trained pair uses the channel at all; 15 % of the refinements that the model learned from had an empty one.",
                "A refinement without an answer leaves the generation's answer in the vote. A model that was never taught to refine without a critique writes nothing readable there; then the arm with an empty critique is the generator's vote.",
                "Shuffling keeps the number of positives and pairs of every parent. Where all siblings have one label it changes nothing, so what it takes away is the credit inside mixed parents only.",
                "\"trained G+MV9\" asks the trained generator alone for nine answers: what the supervised generator explains by itself.",
                "A first full run, on other test questions of the same level, had DPO at 1e-4, which was chosen at a sixth of its steps: supervised training gained 5.2 points [3.5, 6.9] over the untrained pipeline, DPO took 4.3 [2.9, 5.8] of them again (its refiner broke 10 instead of 6 % of the right solutions), so that 0.9 points [−1.2, 3.0] were left. Since then the rate is chosen with all pairs, on validation questions; the minutes below count both runs.",
                "Quick runs measure on the validation split; the test split serves full runs only.",
            ],
        };
    }

    /// <summary>Decides.</summary>
    /// <param name="primary">The trained against the untrained pipeline.</param>
    /// <param name="controls">The trained pipeline against each control.</param>
    internal static (EffectVerdict Verdict, string Explanation) Conclude(ArmComparison primary, IReadOnlyList<ArmComparison> controls)
    {
        string figures = string.Join("; ", controls.Select(control => $"against {control.Baseline} {Figures(control)}"));
        if (!(primary.Difference > 2 * primary.StandardError))
        {
            return primary.MinimumDetectableEffect > EffectOfInterest && primary.High > EffectOfInterest
                ? (EffectVerdict.Underpowered, Text($"No gain over the untrained pipeline shows ({Figures(primary)}), and the paper's smallest gain of {100 * EffectOfInterest:0.0} points could not have been found."))
                : (EffectVerdict.NotShown, Text($"The trained pipeline does not beat the untrained one: {Figures(primary)}; {figures}."));
        }

        string[] missed = [.. controls.Where(control => !control.IsBetter).Select(control => control.Baseline)];
        return missed.Length == 0
            ? (EffectVerdict.Shown, Text($"The trained pipeline beats the untrained one by {Figures(primary)}, and every control: {figures}."))
            : (EffectVerdict.ShownAgainstSome, Text($"The trained pipeline beats the untrained one by {Figures(primary)}, but not {string.Join(" and ", missed)}: {figures}."));
    }

    private static double Accuracy(IReadOnlyList<ArmRun> arms, string arm) => arms.Where(run => run.Arm == arm).Select(run => run.Accuracy).DefaultIfEmpty(double.NaN).Average();

    private static FindingTable Expansion(IReadOnlyList<TreeStatistics> statistics) => new(
        "Trees by seed and role",
        ["seed", "role", "texts", "different siblings", "mean value", "dropped for two labels", "positive examples", "pairs", "parents with both labels"],
        [.. statistics.Select(row => (IReadOnlyList<string>)
            [
                Text($"{row.Seed}"), RolePrompt.NameOf(row.Role), Text($"{row.Texts}"), Text($"{row.Different}"), Text($"{row.Value:0.000}"), Text($"{row.Conflicts}"), Text($"{row.Examples}"), Text($"{row.Pairs}"),
                Text($"{100 * row.MixedParents:0.0} %"),
            ])]);

    private static FindingTable Stages(IReadOnlyList<ArmRun> arms) => new(
        "Inside a pass",
        ["arm", "generation right", "verdict of the critique right", "wrong → right by the refiner", "right → wrong", "refinement without an answer"],
        [.. arms.Where(run => run.Rows.Any(row => row.Seen.Values.ContainsKey("verdictRight")) || run.Arm == MaltArms.EmptyCritique).GroupBy(run => run.Arm).Select(arm => (IReadOnlyList<string>)
            [arm.Key, Share(arm, "generationRight"), Share(arm, "verdictRight"), Share(arm, "fixed"), Share(arm, "broken"), Share(arm, "silent")])]);

    private static string Share(IEnumerable<ArmRun> runs, string value)
    {
        double mean = runs.Select(run => run.Mean(value)).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
        return double.IsFinite(mean) ? Text($"{100 * mean:0.0} %") : "–";
    }

    /// <summary>The paper compares with one model's vote of three.</summary>
    private static FindingTable Flips(IReadOnlyList<ArmRun> arms)
    {
        Dictionary<(ulong, string), bool> before = arms.Where(run => run.Arm == MaltArms.SingleVote)
            .SelectMany(run => run.Rows.Select(row => ((run.Seed, row.Item.Id), row.Seen.Correct == true))).ToDictionary();
        string[] shown = [MaltArms.AgentsVote, MaltArms.Star, MaltArms.Malt, MaltArms.EmptyCritique, MaltArms.Shuffled];
        return new FindingTable(
            "Against SA+MV3, question by question",
            ["arm", "wrong → right", "right → wrong"],
            [.. shown.Select(name =>
            {
                (bool Before, bool After)[] rows = [.. arms.Where(run => run.Arm == name).SelectMany(run => run.Rows.Select(row => (before[(run.Seed, row.Item.Id)], row.Seen.Correct == true)))];
                double count = Math.Max(1, rows.Length);
                return (IReadOnlyList<string>)[name, Text($"{100 * rows.Count(row => !row.Before && row.After) / count:0.0} %"), Text($"{100 * rows.Count(row => row.Before && !row.After) / count:0.0} %")];
            })]);
    }

    private static string Figures(ArmComparison one) => Text($"{100 * one.Difference:+0.0;-0.0} points [{100 * one.Low:+0.0;-0.0}, {100 * one.High:+0.0;-0.0}]");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
