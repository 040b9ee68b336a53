using System.Globalization;
using Agents.Plugins.VerbalizedSampling.Typicality;
using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>Turns the arms into comparisons, checks and a verdict.</summary>
internal static class ListingFindings
{
        private const double GammaTolerance = 0.25;

    /// <summary>Concludes.</summary>
    /// <param name="laboratory">Statistics.</param>
    /// <param name="scale">Sizes.</param>
    /// <param name="split">Split of the questions.</param>
    /// <param name="trainingItems">Training questions.</param>
    /// <param name="start">Adapter of the base model.</param>
    /// <param name="arms">All runs.</param>
    /// <param name="use">Findings of the part in which written problems train students.</param>
    /// <param name="students">Its runs.</param>
    public static ReplicationFindings Of(ILaboratory laboratory, ListingScale scale, ExperimentSplit split, int trainingItems, ExperimentAdapter start, ListingArms arms, SynthesisFindings use, IReadOnlyList<ArmRun> students)
    {
        ArmComparison Compare(string baseline, string method) => laboratory.Compare(arms[baseline], arms[method], "kl");
        ArmComparison primary = Compare(ListingArms.Typical, ListingArms.Verbalized);
        ArmComparison enumeration = Compare(ListingArms.Enumeration, ListingArms.Verbalized);
        ArmComparison direct = Compare(ListingArms.Direct, ListingArms.Verbalized);
        ArmComparison collapse = Compare(ListingArms.BaseDirect, ListingArms.Direct);
        ArmComparison both = Compare(ListingArms.Verbalized, ListingArms.BothVerbalized);
        ArmComparison[] controls = [direct, enumeration, primary];
        double gamma = arms.Mean(ListingArms.Gamma, "gamma");
        ArmComparison[] rises = [Compare(ListingArms.DirectRise, ListingArms.VerbalizedRise), Compare(ListingArms.EnumerationRise, ListingArms.VerbalizedRise), Compare(ListingArms.TypicalRise, ListingArms.VerbalizedRise)];
        (EffectVerdict verdict, string explanation) = ListingVerdict.Conclude(gamma, controls, rises);
        return new ReplicationFindings
        {
            Verdict = verdict,
            Explanation = Text($"{explanation} {use.Line}"),
            Primary = primary,
            Comparisons =
            [
                primary, enumeration, direct, rises[2], rises[1], rises[0], collapse, both, Compare(ListingArms.BaseVerbalized, ListingArms.Verbalized), Compare(ListingArms.BaseTypical, ListingArms.Typical),
                Compare(ListingArms.BaseEnumeration, ListingArms.Enumeration), Compare(ListingArms.BaseTypical, ListingArms.BaseVerbalized),
                Compare(ListingArms.Typical, ListingArms.Stated), Compare(ListingArms.Direct, ListingArms.Stated), .. use.Comparisons,
            ],
            Arms = [.. arms.All, .. students],
            Checks = [.. GammaLaw.Check(), .. Checks(arms, gamma, direct, both, rises), .. use.Checks],
            Tables = [Formats(arms), Readings(arms), Sharpness(arms), Knob(arms), .. use.Tables],
            Setup =
            [
                Text($"Questions: family listing, level 1 (\"name a fruit, not pear or plum\"), 22 right answers under a renormalized Zipf law, which is the reference distribution; {scale.Items} questions of the {split} split, {trainingItems} training questions; every seed repeats preference training and sampling."),
                Text($"Base model: the model under test with one adapter (rank 16) taught {scale.Corpus} conversations, {scale.CorpusEpochs} times: single answers drawn from the reference, enumerations (distinct, evenly drawn), typical lists (drawn by frequency without replacement), lists with true probabilities under tail thresholds, a quarter each. It stands for pre-training; final loss {start.Loss.Last:0.000}."),
                Text($"Alignment: {scale.Pairs} pairs of single answers, drawn evenly, labelled by Bradley–Terry with alpha {ListingScale.Alpha} on the base model's log-probabilities; DPO with beta {ListingScale.Beta} (gamma {TypicalityLaw.Gamma(ListingScale.Alpha, ListingScale.Beta):0.#}) and {ListingScale.WeakBeta} (gamma {TypicalityLaw.Gamma(ListingScale.Alpha, ListingScale.WeakBeta):0.#}), on the instance prompt alone; \"lists aligned too\" adds {scale.Pairs / 2} pairs of sampled lists, labelled alike."),
                Text($"Methods: {scale.Responses} responses per question and method, at temperature 1; lists of {ListingScale.ListLength} in {scale.Responses / ListingScale.ListLength} calls. KL(reference‖empirical) in nats with a pseudo-count of 0.5 per right answer for all methods; wrong answers count against precision, not in the KL. Verbalized lists are read as the strategy's own distribution (weights of all candidates, normalized together)."),
                "Rise: KL after alignment minus KL before it, for the same question, seed and method (random streams are the same). A control counts as beaten when verbalized lists are closer to the reference than it after alignment and their KL rose less than its own; the effect is shown when all three are beaten.",
                "Intervals resample whole questions, never candidates of one list. A question for which no reply has a list with weights has no distribution and is left out of comparisons; their share stands in the table of readings.",
                .. use.Setup,
            ],
            Notes =
            [
                "A difference below zero means closer to the reference distribution. Two plain lists are controls, because the corpus decides what a plain list means: an enumeration ignores frequency, a typical list follows it, and the second is the harder one.",
                "A first quick run on the embedded model before this one, tiny-1, had weighted lists closer than both plain lists after alignment (KL 0.373 against 0.675 and 0.586), but closer before it, too (0.185 against 0.472 and 0.362); nothing was changed in this part since but the model and the verdict, which now asks for the rise, too.",
                "The embedded model was trained on lists with probabilities before, on plain lists never: the corpus teaches all formats alike, and the table of formats shows what is left of that advantage.",
                "First tried and given up on the validation split: a corpus with three times as many weighted as plain lists (the plain lists were then worse for want of practice: KL 0.58 and 0.55 before any alignment), 2,000 pairs (gamma 2.74 where 4 is expected), DPO at learning rate 2e-3 (its loss stayed above that of a coin for a third of the run), and a quarter as many pairs of lists.",
                "Weighted lists may be closer to the reference than plain lists before any alignment, for they say how likely their answers are; only what alignment added to either is its doing. That is why the verdict asks for the rise, too.",
                "DPO on the instance prompt alone also moves the lists of the same small adapter: see verbalized before and after.",
                .. SynthesisFindings.Notes,
                "The full run first stopped in the control whose lists are aligned, too, at a question to which no reply was a list; such questions were then counted and left out, and the run went on from there.",
                "Settings (learning rates, ranks, sizes) were chosen by looking at the validation split, on which quick runs measure; the test split serves full runs only.",
            ],
        };
    }

    private static IEnumerable<FindingCheck> Checks(ListingArms arms, double gamma, ArmComparison direct, ArmComparison both, IReadOnlyList<ArmComparison> rises)
    {
        double expected = TypicalityLaw.Gamma(ListingScale.Alpha, ListingScale.Beta);
        double weak = arms.Mean(ListingArms.WeakGamma, "gamma");
        double expectedWeak = TypicalityLaw.Gamma(ListingScale.Alpha, ListingScale.WeakBeta);
        double[] kl = [arms.Mean(ListingArms.Direct, "kl"), arms.Mean(ListingArms.Enumeration, "kl"), arms.Mean(ListingArms.Typical, "kl"), arms.Mean(ListingArms.Verbalized, "kl")];
        double[] knob = [.. ListingScale.Tails.Select(tail => arms.Mean(ListingArms.Tail(tail), "countedTrueLogProbability"))];
        yield return new FindingCheck("wrong if not: the instance prompt is sharper, gamma > 1.2", gamma > ListingVerdict.LeastGamma, Text($"gamma {gamma:0.00}"));
        yield return new FindingCheck(Text($"gamma lies within 25 % of 1 + alpha/beta = {expected:0.#}"), Math.Abs(gamma - expected) <= GammaTolerance * expected, Text($"gamma {gamma:0.00}"));
        yield return new FindingCheck(Text($"with beta {ListingScale.WeakBeta}, gamma lies within 25 % of {expectedWeak:0.#}"), Math.Abs(weak - expectedWeak) <= GammaTolerance * expectedWeak, Text($"gamma {weak:0.00}"));
        yield return new FindingCheck("wrong if not: verbalized lists are closer to the reference than both plain lists", kl[3] < kl[1] && kl[3] < kl[2], Text($"KL {kl[3]:0.000} against {kl[1]:0.000} (enumeration) and {kl[2]:0.000} (typical list)"));
        yield return new FindingCheck("expected order of KL: direct > enumeration > verbalized", kl[0] > kl[1] && kl[1] > kl[3], Text($"KL {kl[0]:0.000}, {kl[1]:0.000}, {kl[3]:0.000}"));
        yield return new FindingCheck("single answers collapsed: verbalized lists are closer than they are", direct.IsWorse, Text($"difference {direct.Difference:+0.000;-0.000}"));
        yield return new FindingCheck(
            "alignment moved verbalized lists away from the reference less than single answers and than both plain lists",
            rises.All(rise => rise.IsWorse),
            Text($"KL rose by {arms.Mean(ListingArms.VerbalizedRise, "kl"):0.000} against {arms.Mean(ListingArms.DirectRise, "kl"):0.000} (single answers), {arms.Mean(ListingArms.EnumerationRise, "kl"):0.000} (enumeration) and {arms.Mean(ListingArms.TypicalRise, "kl"):0.000} (typical list)"));
        yield return new FindingCheck("the tail knob works: the mean true log-probability of candidates falls with the threshold", knob[0] > knob[1] && knob[1] > knob[2], string.Join(" → ", knob.Select(value => Text($"{value:0.00}"))));
        yield return new FindingCheck("where DPO covers the lists, too, they collapse as well", both.IsBetter, Text($"KL {both.Difference:+0.000;-0.000} [{both.Low:+0.000;-0.000}, {both.High:+0.000;-0.000}]"));
    }

    private static FindingTable Formats(ListingArms arms) => new(
        "How well each format is known",
        ["arm", "precision", "coverage", "entropy of the right answers"],
        [.. ((string[])
            [
                ListingArms.BaseDirect, ListingArms.BaseEnumeration, ListingArms.BaseTypical, ListingArms.BaseVerbalized, ListingArms.Direct, ListingArms.Enumeration, ListingArms.Typical, ListingArms.Verbalized,
            ]).Select(arm => (IReadOnlyList<string>)[arm, .. ((string[])["precision", "coverage", "entropy"]).Select(value => Text($"{arms.Mean(arm, value):0.000}"))])]);

    private static FindingTable Readings(ListingArms arms) => new(
        "Four readings of the same verbalized lists (mean KL)",
        ["arm", "strategy's distribution", "averaged lists", "as stated", "counted (a plain list)", "precision", "coverage", "without weight", "questions without any list"],
        [.. ((string[])[ListingArms.BaseVerbalized, ListingArms.Verbalized, ListingArms.BothVerbalized]).Select(arm => (IReadOnlyList<string>)
            [arm, .. ((string[])["kl", "klAveraged", "klStated", "klCounted", "precision", "coverage", "missingWeights"]).Select(value => Text($"{arms.Mean(arm, value):0.000}")), Text($"{arms.UnreadableShare(arm):0.0%}")])]);

    private static FindingTable Sharpness(ListingArms arms) => new(
        "Sharpness and mass of the instance prompt",
        ["arm", "gamma by seed", "slope of the base model on the reference", "mass on right answers, base", "aligned"],
        [.. ((string[])[ListingArms.Gamma, ListingArms.WeakGamma]).Select(arm => (IReadOnlyList<string>)
            [
                arm, string.Join(", ", arms[arm].Select(run => Text($"{run.Mean("gamma"):0.00}"))), Text($"{arms.Mean(arm, "baseSlope"):0.00}"), Text($"{arms.Mean(arm, "baseMass"):0.000}"), Text($"{arms.Mean(arm, "alignedMass"):0.000}"),
            ])]);

    private static FindingTable Knob(ListingArms arms) => new(
        "Tail threshold in the prompt",
        ["threshold", "mean true log-probability of candidates", "precision", "coverage"],
        [.. ListingScale.Tails.Select(tail => (IReadOnlyList<string>)
            [
                Text($"{tail}"), Text($"{arms.Mean(ListingArms.Tail(tail), "countedTrueLogProbability"):0.00}"), Text($"{arms.Mean(ListingArms.Tail(tail), "precision"):0.000}"), Text($"{arms.Mean(ListingArms.Tail(tail), "coverage"):0.000}"),
            ])]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
