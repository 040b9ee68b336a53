using System.Globalization;
using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>Turns the students into comparisons, checks, tables and one line. They take no part in the verdict, which is about distributions.</summary>
/// <param name="laboratory">Statistics.</param>
/// <param name="scale">Sizes.</param>
/// <param name="arms">What was written and measured.</param>
internal sealed class SynthesisFindings(ILaboratory laboratory, SynthesisScale scale, SynthesisArms arms)
{
    private const double LeastValid = 0.4;
    private const int GroupSize = 4;

    /// <summary>Gets the comparisons: the claim first.</summary>
    public IReadOnlyList<ArmComparison> Comparisons =>
    [
        Compare(SynthesisArms.Direct, SynthesisArms.Verbalized), Compare(SynthesisArms.Plain, SynthesisArms.Verbalized), Compare(SynthesisArms.Split, SynthesisArms.Verbalized),
        Compare(SynthesisArms.BaseDirect, SynthesisArms.Direct), Compare(SynthesisArms.BasePlain, SynthesisArms.Plain), Compare(SynthesisArms.BaseVerbalized, SynthesisArms.Verbalized),
        Compare(SynthesisArms.BaseDirect, SynthesisArms.BaseVerbalized), Compare(SynthesisArms.BasePlain, SynthesisArms.BaseVerbalized),
        .. SynthesisArms.Trained.Select(arm => Compare(SynthesisArms.Untrained, arm)),
    ];

    /// <summary>Gets the line that follows the verdict's explanation.</summary>
    public string Line
    {
        get
        {
            ArmComparison claim = Compare(SynthesisArms.Direct, SynthesisArms.Verbalized);
            ArmComparison plain = Compare(SynthesisArms.Plain, SynthesisArms.Verbalized);
            ArmComparison collapse = Compare(SynthesisArms.BaseDirect, SynthesisArms.Direct);
            return Text($"Use (no part of the verdict): the accuracy of students taught with problems from verbalized lists of an aligned writer minus that of students of its single problems is {Points(claim)}, of its plain lists {Points(plain)}; alignment cost the students of single problems {Points(collapse)}.");
        }
    }

    /// <summary>Gets what is expected of this part.</summary>
    public IReadOnlyList<FindingCheck> Checks
    {
        get
        {
            double[] valid = [.. SynthesisArms.Trained.Skip(1).Select(arm => arms.Mean(arm, Valid))];
            double before = arms.Mean(SynthesisArms.BaseDirect, set => set.Entropy);
            double after = arms.Mean(SynthesisArms.Direct, set => set.Entropy);
            double lists = arms.Mean(SynthesisArms.Verbalized, set => set.Entropy);
            ArmComparison split = Compare(SynthesisArms.Untrained, SynthesisArms.Split);
            ArmComparison claim = Compare(SynthesisArms.Direct, SynthesisArms.Verbalized);
            ArmComparison plain = Compare(SynthesisArms.Plain, SynthesisArms.Verbalized);
            return
            [
                new("use: at least 40 % of what every method writes are problems", valid.All(share => share >= LeastValid), string.Join(", ", valid.Select(share => Text($"{share:P0}"))) + " (direct, plain list, verbalized before alignment; the same after)"),
                new("use: alignment took types from single problems", after < before, Text($"entropy of the types {before:0.00} before, {after:0.00} after; verbalized lists {lists:0.00}")),
                new("use: there is something to learn: training on all types alike helps", split.IsBetter, Points(split)),
                new("use: verbalized lists teach more than single problems", claim.IsBetter, Points(claim)),
                new("use: verbalized lists teach more than plain lists", plain.IsBetter, Points(plain)),
            ];
        }
    }

    /// <summary>Gets the tables.</summary>
    public IReadOnlyList<FindingTable> Tables =>
    [
        new FindingTable(
            "Use: what was written (means over seeds)",
            ["arm", "texts", "valid", "held-out content, dropped", "different and left", "types", Text($"entropy of types (all alike: {Math.Log(SynthesisScale.Types):0.00})"), .. Groups.Select(group => "problems of types " + group.Name)],
            [.. SynthesisArms.Trained.Select(arm => (IReadOnlyList<string>)
                [
                    arm, Text($"{arms.Mean(arm, set => set.Texts):0}"), Text($"{arms.Mean(arm, Valid):0.000}"), Text($"{arms.Mean(arm, set => set.HeldOut):0.#}"),
                    Text($"{arms.Mean(arm, set => set.Left.Count):0.#}"), Text($"{arms.Mean(arm, set => set.TypesLeft):0.#}"), Text($"{arms.Mean(arm, set => set.Entropy):0.00}"),
                    .. Groups.Select(group => Text($"{arms.Mean(arm, set => Enumerable.Range(group.From, GroupSize).Sum(set.CountLeft)):0.#}")),
                ])]),
        new FindingTable(
            "Use: accuracy of the students on held-out questions, by how frequent a type is in the writer's corpus",
            ["arm", "all", "by seed", .. Groups.Select(group => "types " + group.Name)],
            [.. ((string[])[SynthesisArms.Untrained, .. SynthesisArms.Trained]).Select(arm => (IReadOnlyList<string>)
                [
                    arm, Text($"{arms.Accuracy(arm, _ => true):0.000}"), string.Join(", ", arms[arm].Select(run => Text($"{run.Accuracy:0.000}"))),
                    .. Groups.Select(group => Text($"{arms.Accuracy(arm, type => type >= group.From && type < group.From + GroupSize):0.000}")),
                ])]),
    ];

    /// <summary>Gets what the data was.</summary>
    public IReadOnlyList<string> Setup =>
    [
        Text($"Use: string problems of the family transform-renamed (\"pex on b c a d: all results?\" or \"pex(b c a d) all results?\"): {SynthesisScale.Types} functions that the embedded model knows under names that it has never seen, so what a name means must be learned from problems that have it; the type of a problem is its name. A writer (an adapter of its own, rank 16) learns {scale.Corpus} conversations, {scale.CorpusEpochs} times, a third each of single problems, plain lists of {ListingScale.ListLength} and lists with probabilities; in all three, types follow the same Zipf law, in lists without replacement."),
        Text($"Use: the writer is aligned by DPO (beta {ListingScale.Beta}) on {scale.Pairs} pairs of single problems only; the two differ in the name alone, names evenly drawn, labelled by Bradley–Terry with alpha {ListingScale.Alpha} on the logarithm of how often the writer itself writes such a type. Then every method writes {scale.Problems} problems at temperature 1 (lists: all candidates count); what is no problem, has content of a held-out split, or comes twice is dropped; the family's program solves the rest."),
        Text($"Use: every student is one adapter (rank 16) over the model under test, learning rate 0.003, trained for {scale.StudentSteps} steps of {SynthesisScale.StudentBatch}, however much is left to learn from, and measured greedily on {scale.ItemsPerType} held-out questions of every type. \"Training split\" are {scale.Problems} generated problems, all types alike."),
    ];

    /// <summary>Gets what is worth knowing beside the figures.</summary>
    public static IReadOnlyList<string> Notes { get; } =
    [
        "Use: it takes no part in the verdict, which is about distributions: how much diversity is worth in training depends on how much of a type a student must see, which is a choice of this check (new names, nothing but problems to learn them from).",
        "Use: all candidates of a list count as written problems, as the paper does; drawing them by their weights would bring the writer's law back and the rare types down.",
        "Use, tried and given up on the validation split: problems of 1 to 8 functions with the number of functions as their type, and preference pairs that differ in everything (72 % of single problems were valid, 25 to 28 % of what the aligned writer wrote; the students of the training split rose from 3 to 7 % on 6 to 8 functions and fell from 88 to 72 % on fewer); then, with the names, students at learning rate 0.001, rank 8, 60 steps (9 % right after the training split, 0 % untrained). The setting that was kept (0.003, rank 16, 150 steps) was the first one with which students learned the names, and the only other one tried.",
    ];

    private static IReadOnlyList<(string Name, int From)> Groups { get; } = [.. Enumerable.Range(0, SynthesisScale.Types / GroupSize).Select(group => (Text($"{(group * GroupSize) + 1} to {(group + 1) * GroupSize}"), group * GroupSize))];

    private static double Valid(WrittenSet set) => set.Valid / (double)Math.Max(1, set.Texts);

    private static string Points(ArmComparison one) => Text($"{100 * one.Difference:+0.0;−0.0} points [{100 * one.Low:+0.0;−0.0}, {100 * one.High:+0.0;−0.0}]");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private ArmComparison Compare(string baseline, string method) => laboratory.Compare(arms[baseline], arms[method]);
}
