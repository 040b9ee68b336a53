using System.Globalization;
using Agents.Plugins.Sift.Predictions;
using Agents.Replication;

namespace Agents.Plugins.Sift.Replication;

/// <summary>What the agreement of the two views of stage 1 is worth, beside the law for independent views (papers/49 §5 B).</summary>
internal sealed class AgreementStudy
{
    /// <summary>Wrong values of the law; the specification's number.</summary>
    public const int WrongValues = 9;

    /// <summary>Measures.</summary>
    /// <param name="runs">All runs.</param>
    public AgreementStudy(SiftRuns runs)
    {
        Observation[] rows = [.. runs.Rows(SiftArms.First)];
        Observation[] agreed = [.. rows.Where(row => SiftRuns.Is(row, SiftArms.Agreed))];
        Observation[] disagreed = [.. rows.Where(row => !SiftRuns.Is(row, SiftArms.Agreed))];
        Questions = rows.Length;
        Agreement = agreed.Length / (double)Math.Max(1, rows.Length);
        Precision = SiftRuns.Share(agreed, SiftRuns.IsRight);
        BothWhereDisagreed = SiftRuns.Share(disagreed, row => SiftRuns.Is(row, SiftArms.BothRight));
        StickerWhereDisagreed = SiftRuns.Share(disagreed, row => SiftRuns.Is(row, SiftArms.StickerRight));
        FallbackWhereDisagreed = SiftRuns.Share(disagreed, SiftRuns.IsRight);
        StickerView = SiftRuns.Share(rows, row => SiftRuns.Is(row, SiftArms.StickerRight));
        BothView = SiftRuns.Share(rows, row => SiftRuns.Is(row, SiftArms.BothRight));
        Question = runs.Accuracy(SiftArms.Direct);
        StageOne = SiftRuns.Share(rows, SiftRuns.IsRight);
        double together = SiftRuns.Share(rows, row => SiftRuns.Is(row, SiftArms.StickerRight) && SiftRuns.Is(row, SiftArms.BothRight));
        double spread = Math.Sqrt(StickerView * (1 - StickerView) * BothView * (1 - BothView));
        Correlation = spread > 0 ? (together - (StickerView * BothView)) / spread : 0;
    }

    /// <summary>Gets the number of questions, all seeds.</summary>
    public int Questions { get; }

    /// <summary>Gets how often the views agree.</summary>
    public double Agreement { get; }

    /// <summary>Gets how often an agreed answer is right.</summary>
    public double Precision { get; }

    /// <summary>Gets how often the view of question and sticker is right where they disagree.</summary>
    public double BothWhereDisagreed { get; }

    /// <summary>Gets how often the view of the sticker alone is right where they disagree.</summary>
    public double StickerWhereDisagreed { get; }

    /// <summary>Gets how often the plain answer is right where they disagree.</summary>
    public double FallbackWhereDisagreed { get; }

    /// <summary>Gets how often the view of the sticker alone is right.</summary>
    public double StickerView { get; }

    /// <summary>Gets how often the view of question and sticker is right.</summary>
    public double BothView { get; }

    /// <summary>Gets how often the plain answer is right.</summary>
    public double Question { get; }

    /// <summary>Gets the accuracy of stage 1.</summary>
    public double StageOne { get; }

    /// <summary>Gets the correlation of being right between the two views; 0 for the law's independent ones.</summary>
    public double Correlation { get; }

    /// <summary>Gets the law's accuracy of stage 1 for independent views that are right as often as the measured ones.</summary>
    public double Ceiling => SiftLaw.StageOneAccuracy(StickerView, BothView, Question, WrongValues);

    /// <summary>Gets the standard error of the accuracy of stage 1.</summary>
    public double StandardError => Math.Sqrt(StageOne * (1 - StageOne) / Math.Max(1, Questions));

    /// <summary>Writes measured values beside the law's.</summary>
    public FindingTable Table() => new(
        "Agreement of the views of stage 1, beside the law for independent views that are right as often",
        ["", "measured", string.Create(CultureInfo.InvariantCulture, $"independent views, {WrongValues} wrong values")],
        [
            ["view of the sticker right", Percent(StickerView), "as measured"],
            ["view of question and sticker right", Percent(BothView), "as measured"],
            ["plain answer right", Percent(Question), "as measured"],
            ["views agree", Percent(Agreement), Percent(SiftLaw.AgreementRate(StickerView, BothView, WrongValues))],
            ["agreed answers right", Percent(Precision), Percent(SiftLaw.PrecisionOfAgreed(StickerView, BothView, WrongValues))],
            ["accuracy of stage 1", Percent(StageOne), Percent(Ceiling)],
            ["where they disagree: question and sticker right", Percent(BothWhereDisagreed), ""],
            ["where they disagree: sticker right", Percent(StickerWhereDisagreed), ""],
            ["where they disagree: plain answer right", Percent(FallbackWhereDisagreed), Percent(Question)],
            ["correlation of being right between the views", string.Create(CultureInfo.InvariantCulture, $"{Correlation:0.00}"), "0"],
        ]);

    /// <summary>Writes a share.</summary>
    /// <param name="share">The share; NaN where there is nothing to count.</param>
    internal static string Percent(double share) => double.IsNaN(share) ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");
}
