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
    private const int LongestKnown = 5;

    /// <summary>Gets the comparisons: the claim first.</summary>
    public IReadOnlyList<ArmComparison> Comparisons =>
    [
        Compare(SynthesisArms.Direct, SynthesisArms.Verbalized), Compare(SynthesisArms.Plain, SynthesisArms.Verbalized), Compare(SynthesisArms.Split, SynthesisArms.Verbalized),
        Compare(SynthesisArms.BaseDirect, SynthesisArms.Direct), Compare(SynthesisArms.BaseDirect, SynthesisArms.Verbalized),
        .. SynthesisArms.Trained.Select(arm => Compare(SynthesisArms.Untrained, arm)),
    ];

    /// <summary>Gets the line that follows the verdict's explanation.</summary>
    public string Line
    {
        get
        {
            ArmComparison claim = Compare(SynthesisArms.Direct, SynthesisArms.Verbalized);
            ArmComparison plain = Compare(SynthesisArms.Plain, SynthesisArms.Verbalized);
            return Text($"Use (no part of the verdict): students taught with problems from verbalized lists are {Points(claim)} more often right than those taught with single problems of the same aligned writer, and {Points(plain)} more often than those of its plain lists.");
        }
    }

    /// <summary>Gets what is expected of this part.</summary>
    public IReadOnlyList<FindingCheck> Checks
    {
        get
        {
            double[] valid = [.. ((string[])[SynthesisArms.BaseDirect, SynthesisArms.Direct, SynthesisArms.Plain, SynthesisArms.Verbalized]).Select(arm => arms.Mean(arm, set => set.Valid / (double)Math.Max(1, set.Texts)))];
            double before = arms.Mean(SynthesisArms.BaseDirect, set => set.Entropy);
            double after = arms.Mean(SynthesisArms.Direct, set => set.Entropy);
            double lists = arms.Mean(SynthesisArms.Verbalized, set => set.Entropy);
            ArmComparison split = Compare(SynthesisArms.Untrained, SynthesisArms.Split);
            ArmComparison claim = Compare(SynthesisArms.Direct, SynthesisArms.Verbalized);
            ArmComparison plain = Compare(SynthesisArms.Plain, SynthesisArms.Verbalized);
            return
            [
                new("use: at least 40 % of what every method writes are problems", valid.All(share => share >= LeastValid), string.Join(", ", valid.Select(share => Text($"{share:P0}"))) + " (direct before alignment, direct, plain list, verbalized)"),
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
            ["arm", "texts", "valid", "held-out content, dropped", "different and left", "types", "entropy of types (all alike: 2.08)", .. Enumerable.Range(1, SynthesisScale.Types).Select(type => Text($"share of {type}"))],
            [.. SynthesisArms.Trained.Select(arm => (IReadOnlyList<string>)
                [
                    arm, Text($"{arms.Mean(arm, set => set.Texts):0}"), Text($"{arms.Mean(arm, set => set.Valid / (double)Math.Max(1, set.Texts)):0.000}"), Text($"{arms.Mean(arm, set => set.HeldOut):0.#}"),
                    Text($"{arms.Mean(arm, set => set.Left.Count):0.#}"), Text($"{arms.Mean(arm, set => set.TypesLeft):0.#}"), Text($"{arms.Mean(arm, set => set.Entropy):0.00}"),
                    .. Enumerable.Range(1, SynthesisScale.Types).Select(type => Text($"{arms.Mean(arm, set => set.ShareLeft(type)):0.00}")),
                ])]),
        new FindingTable(
            "Use: accuracy of the students on held-out questions, by number of functions",
            ["arm", "all", "by seed", Text($"1 to {LongestKnown} (known)"), Text($"{LongestKnown + 1} to {SynthesisScale.Types} (new)"), .. Enumerable.Range(1, SynthesisScale.Types).Select(type => Text($"{type}"))],
            [.. ((string[])[SynthesisArms.Untrained, .. SynthesisArms.Trained]).Select(arm => (IReadOnlyList<string>)
                [
                    arm, Text($"{arms.Accuracy(arm, _ => true):0.000}"), string.Join(", ", arms[arm].Select(run => Text($"{run.Accuracy:0.000}"))), Text($"{arms.Accuracy(arm, type => type <= LongestKnown):0.000}"),
                    Text($"{arms.Accuracy(arm, type => type > LongestKnown):0.000}"), .. Enumerable.Range(1, SynthesisScale.Types).Select(type => Text($"{arms.Accuracy(arm, other => other == type):0.00}")),
                ])]),
    ];

    /// <summary>Gets what the data was.</summary>
    public IReadOnlyList<string> Setup =>
    [
        Text($"Use: string problems of the family transform (\"pim then zor on b c a d: all results?\", or nested); their type is the number of functions, 1 to {SynthesisScale.Types}, of which the embedded model learned 1 to {LongestKnown}. A writer (an adapter of its own, rank 16) learns {scale.Corpus} conversations, {scale.CorpusEpochs} times, a third each of single problems, plain lists of {ListingScale.ListLength} and lists with probabilities; in all three, types follow Zipf's law (short first), in lists without replacement."),
        Text($"Use: the writer is aligned by DPO (beta {ListingScale.Beta}) on {scale.Pairs} pairs of single problems only, types evenly drawn, labelled by Bradley–Terry with alpha {ListingScale.Alpha} on the logarithm of how often the writer itself writes such a type (whole texts would only say how long they are). Then every method writes {scale.Problems} problems at temperature 1 (lists: all candidates count); what is no problem, has content of a held-out split, or comes twice is dropped; the family's program solves the rest."),
        Text($"Use: every student is one adapter (rank 8) over the model under test, trained for {scale.StudentSteps} steps of {SynthesisScale.StudentBatch}, however much is left to learn from, and measured greedily on {scale.ItemsPerType} held-out questions of every type. \"Training split\" are {scale.Problems} generated problems, all types alike."),
    ];

    private static string Points(ArmComparison one) => Text($"{100 * one.Difference:+0.0;−0.0} points [{100 * one.Low:+0.0;−0.0}, {100 * one.High:+0.0;−0.0}]");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private ArmComparison Compare(string baseline, string method) => laboratory.Compare(arms[baseline], arms[method]);
}
