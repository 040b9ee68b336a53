using System.Globalization;
using Agents.Replication;

namespace Agents.Plugins.Sift.Replication;

/// <summary>Turns the runs of one condition into comparisons, checks and tables.</summary>
internal sealed class SiftFindings
{
    /// <summary>The arm in which every sticker is made and scored.</summary>
    public const string Stickers = "stickers";

    /// <summary>Samples of the small vote: the calls of stage 1.</summary>
    public const int FewSamples = 3;

    /// <summary>Samples of the large vote: the most calls of the method.</summary>
    public const int ManySamples = 11;

    private const double NotableGap = 0.05;

    private static readonly int[] Ends = [1, 2, 3, 0];
    private static readonly string[] Stages = [SiftArms.Direct, SiftArms.First, SiftArms.Forward, SiftArms.Sift];
    private readonly ILaboratory _laboratory;
    private readonly SiftRuns _runs;

    /// <summary>Compares.</summary>
    /// <param name="laboratory">The laboratory.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="runs">Its runs.</param>
    public SiftFindings(ILaboratory laboratory, SiftCondition condition, SiftRuns runs)
    {
        _laboratory = laboratory;
        _runs = runs;
        Condition = condition;
        Plain = Compare(SiftArms.Direct, SiftArms.Sift);
        Equal = Compare(SiftArms.Matched, SiftArms.Sift);
        ArmComparison large = Compare(SiftArms.Consistency(ManySamples), SiftArms.Sift);
        ArmComparison small = Compare(SiftArms.Consistency(FewSamples), SiftArms.First);
        ArmComparison skip = Compare(SiftArms.Skip, SiftArms.Sift);
        ArmComparison first = Compare(SiftArms.Direct, SiftArms.First);
        ArmComparison second = Compare(SiftArms.First, SiftArms.Forward);
        ArmComparison third = Compare(SiftArms.Forward, SiftArms.Sift);
        (ArmComparison recall, ArmComparison repaired) = (Recall("FO"), Recall("IG+FO"));
        AgreementStudy agreement = new(runs);
        Comparisons = [Equal, Plain, large, small, first, second, third, skip, recall, repaired, Compare(SiftArms.ConsensusB, SiftArms.First), Compare(SiftArms.ConsensusC, SiftArms.First)];
        Checks = [.. AgreementChecks(agreement), .. StickerChecks(recall), .. StageChecks(first, second, third, skip), VoteCheck(Equal, large, small)];
        Checks = [.. Checks.Select(check => check with { Statement = condition.Of(check.Statement) })];
        Tables = [.. new[] { agreement.Table(), StickerTable(), StageTable() }.Select(table => table with { Title = condition.Of(table.Title) })];
    }

    /// <summary>Gets the condition.</summary>
    public SiftCondition Condition { get; }

    /// <summary>Gets all stages against the plain answer.</summary>
    public ArmComparison Plain { get; }

    /// <summary>Gets all stages against the vote at equal calls.</summary>
    public ArmComparison Equal { get; }

    /// <summary>Gets all runs.</summary>
    public IReadOnlyList<ArmRun> Runs => _runs.All;

    /// <summary>Gets all comparisons.</summary>
    public IReadOnlyList<ArmComparison> Comparisons { get; }

    /// <summary>Gets the checks.</summary>
    public IReadOnlyList<FindingCheck> Checks { get; }

    /// <summary>Gets the tables.</summary>
    public IReadOnlyList<FindingTable> Tables { get; }

    /// <summary>Writes a difference.</summary>
    /// <param name="comparison">The comparison.</param>
    internal static string Points(ArmComparison comparison) => string.Create(
        CultureInfo.InvariantCulture, $"{100 * comparison.Difference:+0.0;−0.0;0.0} points [{100 * comparison.Low:0.0}, {100 * comparison.High:0.0}]");

    private static IEnumerable<FindingCheck> AgreementChecks(AgreementStudy agreement)
    {
        double gap = agreement.Precision - agreement.Question;
        yield return new("Agreed answers are right more often than plain answers in general, by more than 5 points (wrong if not above at all)", gap > NotableGap,
            $"{AgreementStudy.Percent(agreement.Precision)} of the agreed, {AgreementStudy.Percent(agreement.Question)} of all");
        yield return new("The law for independent views is a ceiling of stage 1: real views share errors", agreement.StageOne <= agreement.Ceiling + (2 * agreement.StandardError),
            string.Create(CultureInfo.InvariantCulture, $"{AgreementStudy.Percent(agreement.StageOne)} measured, {AgreementStudy.Percent(agreement.Ceiling)} by the law, correlation of the views {agreement.Correlation:0.00}"));
        yield return new("The plain answer is right in 55 to 75 % of the questions, as the specification wants", agreement.Question is >= 0.55 and <= 0.75, AgreementStudy.Percent(agreement.Question));
    }

    private IEnumerable<FindingCheck> StickerChecks(ArmComparison recall)
    {
        yield return new("Forward optimization raises the recall of stickers (wrong if not)", recall.IsBetter, $"{AgreementStudy.Percent(Mean("SG", true))} before, {AgreementStudy.Percent(Mean("FO", true))} after: {Points(recall)}");
        yield return new("Stickers have at least 80 % of the facts, without which the method is plain answers and wasted calls", Mean("SG", true) >= 0.8, AgreementStudy.Percent(Mean("SG", true)));
    }

    private IEnumerable<FindingCheck> StageChecks(ArmComparison first, ArmComparison second, ArmComparison third, ArmComparison skip)
    {
        string stages = string.Join(" → ", Stages.Select(arm => AgreementStudy.Percent(_runs.Accuracy(arm))));
        yield return new("Every stage is at least as accurate as the one before, the plain answer first", first.Difference >= 0 && second.Difference >= 0 && third.Difference >= 0, stages);
        yield return new("Stage 1 is above the plain answer by more than 2 standard errors", first.Difference > 2 * first.StandardError, Points(first));
        yield return new("Leaving stage 2 out does not help", skip.Low >= 0 || !skip.IsWorse, $"all stages against none of stage 2: {Points(skip)}");
    }

    private static FindingCheck VoteCheck(ArmComparison equal, ArmComparison large, ArmComparison small) => new(
        "A vote at equal calls does not beat the method everywhere (wrong if it does)",
        !(equal.IsWorse && large.IsWorse && small.IsWorse),
        $"equal calls {Points(equal)}; 11 samples against all stages {Points(large)}; 3 samples against stage 1 {Points(small)}");

    private FindingTable StickerTable() => new(
        "Quality of the stickers: all questions, and those on which the views of stage 1 disagreed",
        ["sticker", "precision", "recall", "precision, disagreed", "recall, disagreed"],
        [.. StickerStudy.Stages.Select(stage => (IReadOnlyList<string>)
            [Meaning(stage), AgreementStudy.Percent(Mean(stage, false)), AgreementStudy.Percent(Mean(stage, true)), AgreementStudy.Percent(Mean(stage, false, disagreed: true)), AgreementStudy.Percent(Mean(stage, true, disagreed: true))])]);

    private FindingTable StageTable()
    {
        IReadOnlyList<Observation> rows = _runs.Rows(SiftArms.Sift);
        return new(
            "Where the questions end",
            ["stage that agreed", "share of questions", "right"],
            [.. Ends.Select(stage =>
            {
                Observation[] ended = [.. rows.Where(row => (int)row.Values.GetValueOrDefault(SiftArms.Stage) == stage)];
                return (IReadOnlyList<string>)[stage == 0 ? "none: plain answer" : stage.ToString(CultureInfo.InvariantCulture), AgreementStudy.Percent(ended.Length / (double)Math.Max(1, rows.Count)), AgreementStudy.Percent(SiftRuns.Share(ended, SiftRuns.IsRight))];
            })]);
    }

    private static string Meaning(string stage) => stage switch
    {
        "SG" => "generated (stage 1)",
        "FO" => "corrected (stage 2)",
        "IG" => "from the prediction",
        _ => "from the prediction, corrected (stage 3)",
    };

    private double Mean(string stage, bool recall, bool disagreed = false)
    {
        string value = StickerStudy.Value(stage, recall);
        IReadOnlyList<ArmRun> study = _runs.Of(Stickers);
        IReadOnlyList<ArmRun> views = _runs.Of(SiftArms.First);
        return study.Zip(views).SelectMany(pair => pair.First.Rows.Zip(pair.Second.Rows))
            .Where(pair => !disagreed || !SiftRuns.Is(pair.Second.Seen, SiftArms.Agreed))
            .Select(pair => pair.First.Seen.Values[value]).DefaultIfEmpty(double.NaN).Average();
    }

    private ArmComparison Compare(string baseline, string method) => _laboratory.Compare(_runs.Of(baseline), _runs.Of(method));

    // The same arm twice, one value against the other: runs are copied under the name of the sticker.
    private ArmComparison Recall(string stage)
    {
        const string metric = "fact recall";
        IReadOnlyList<ArmRun> As(string from) =>
        [
            .. _runs.Of(Stickers).Select(run => new ArmRun(
                Condition.Of(Meaning(from)), run.Seed, [.. run.Rows.Select(row => (row.Item, row.Seen with { Values = new Dictionary<string, double> { [metric] = row.Seen.Values[StickerStudy.Value(from, recall: true)] } }))])),
        ];
        return _laboratory.Compare(As("SG"), As(stage), metric);
    }
}
