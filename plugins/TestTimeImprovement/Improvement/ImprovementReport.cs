using System.Globalization;
using System.Runtime.CompilerServices;
using Agents.Models;
using Agents.Plugins.TestTimeImprovement.Synthesis;
using Agents.Plugins.TestTimeImprovement.Uncertainty;
using Agents.Reasoning;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.TestTimeImprovement.Improvement;

/// <summary>What happened to one input: the figures that the answer carries.</summary>
/// <param name="means">What the model can do.</param>
/// <param name="time">The clock of the latency split.</param>
internal sealed class ImprovementReport(ModelMeans means, TimeProvider time)
{
    private static readonly object NoTime = 0.0;
    private readonly double[] _milliseconds = new double[4];

    /// <summary>Gets or sets the measured certainty; null where it was not measured.</summary>
    public UncertaintyEstimate? Estimate { get; set; }

    /// <summary>Gets or sets the threshold that counted.</summary>
    public double Threshold { get; set; }

    /// <summary>Gets or sets the pairs.</summary>
    public IReadOnlyList<SyntheticPair> Pairs { get; set; } = [];

    /// <summary>Gets or sets whether the answer came from the improved model.</summary>
    public bool Adapted { get; set; }

    /// <summary>Gets or sets why an input that was selected has the plain answer all the same.</summary>
    public string? Fallback { get; set; }

    /// <summary>Takes the figures of a training.</summary>
    /// <param name="adapter">The adapter.</param>
    public void Trained(ITemporaryAdapter adapter)
    {
        var text = new DefaultInterpolatedStringHandler(0, adapter.Losses.Count, CultureInfo.InvariantCulture);
        for (int i = 0; i < adapter.Losses.Count; i++)
        {
            text.AppendLiteral(i == 0 ? "" : " ");
            text.AppendFormatted(adapter.Losses[i], "F4");
        }

        Losses = text.ToStringAndClear();
    }

    /// <summary>Gets the losses of the training, as text; empty without one.</summary>
    public string Losses { get; private set; } = "";

    /// <summary>Starts a stage of the latency split.</summary>
    public long Start() => time.GetTimestamp();

    /// <summary>Ends a stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="start">Its start.</param>
    public void End(ImprovementStage stage, long start) => _milliseconds[(int)stage] += time.GetElapsedTime(start).TotalMilliseconds;

    /// <summary>Puts the figures on an answer.</summary>
    /// <param name="answer">The answer.</param>
    public ReasoningAnswer On(Candidate answer) => new(answer.Message)
    {
        FinalAnswer = answer.FinalAnswer,
        Details = Answers.Figures(
            ("margin", Estimate?.Margin),
            ("estimator", Estimate is null ? null : Name(means.Estimator)),
            ("threshold", Threshold),
            ("adapted", Adapted),
            ("update", Name(means.Update)),
            ("fallback", Fallback),
            ("pairs", Pairs.Count),
            ("syntheticPairs", new SyntheticPairs(Pairs)),
            ("losses", Losses),
            ("scoreMs", Took(ImprovementStage.Score)),
            ("synthesizeMs", Took(ImprovementStage.Synthesize)),
            ("trainMs", Took(ImprovementStage.Train)),
            ("answerMs", Took(ImprovementStage.Answer))),
    };

    private object Took(ImprovementStage stage) => _milliseconds[(int)stage] is not 0 and double milliseconds ? milliseconds : NoTime;

    private static string Name(UncertaintyEstimator estimator) => estimator switch
    {
        UncertaintyEstimator.Rss => "rss",
        UncertaintyEstimator.Perplexity => "perplexity",
        UncertaintyEstimator.Disagreement => "disagreement",
        _ => "auto",
    };

    private static string Name(AdaptationUpdate update) => update switch { AdaptationUpdate.Lora => "lora", AdaptationUpdate.Icl => "icl", _ => "none" };
}
