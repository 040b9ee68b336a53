using Agents.Plugins.TestTimeImprovement.Improvement;
using Agents.Plugins.TestTimeImprovement.Synthesis;
using Agents.Plugins.TestTimeImprovement.Uncertainty;
using Agents.Reasoning;
using Agents.Strategies;

namespace Agents.Plugins.TestTimeImprovement;

/// <summary>
/// Own settings of <c>test-time-improvement</c> (papers/61 §2). Common options: <c>samples</c> of disagreement and votes (default 5), <c>temperature</c> of direct answers (default 0; samples are drawn
/// at it or, when it is 0, at 0.7).
/// </summary>
/// <param name="Tau">Margin below which the model counts as unsure. Default 0.95, range [0, 1].</param>
/// <param name="TauQuantile">Share of inputs to call unsure: after the warm-up, the threshold is that quantile of the margins seen. Default null: tau stays; range (0, 1).</param>
/// <param name="WarmUp">Inputs before the quantile counts. Default 32, range 1 to 512.</param>
/// <param name="Estimator">How the margin is measured. Default auto.</param>
/// <param name="LengthNormalise">Whether scores are means over tokens instead of sums. Default false.</param>
/// <param name="DecisionPrefix">Text between the start of the answer and the function's name. Default null: that of the task's form.</param>
/// <param name="Selection">Which inputs are improved. Default uncertain.</param>
/// <param name="Share">Chance of an input under selection random. Default 0.65, range [0, 1].</param>
/// <param name="Pairs">Synthetic pairs, K. Default 1, range 1 to 64.</param>
/// <param name="Generator">Who writes them. Default self.</param>
/// <param name="SynthesisTemperature">Temperature at which they are written. Default 0.7.</param>
/// <param name="Attempts">Rounds of writing until K are valid; then those that are. Default 2, range 1 to 8.</param>
/// <param name="Agree">Keeps only pairs whose answer the model gives again when it is asked the question. Default false; one call per pair.</param>
/// <param name="Update">What is done with the pairs. Default null: an adapter where the model can, otherwise demonstrations.</param>
/// <param name="Decoding">How answers are read. Default direct.</param>
/// <param name="Steps">Training steps. Default 5, range 1 to 100.</param>
/// <param name="LearningRate">Step size. Default null: 1e-3 for models below 20 million parameters, otherwise 1e-4.</param>
/// <param name="Rank">Rank of the adapter. Default 8, range 1 to 256.</param>
/// <param name="Alpha">Alpha of the adapter. Default 16.</param>
/// <param name="TimeBudgetMs">Milliseconds for measuring, writing and training together; then the plain answer. Default null: no limit.</param>
/// <param name="MaxAdaptationsPerMinute">Improvements per minute over all requests to this strategy. Default null: no limit.</param>
public sealed record TestTimeImprovementSettings(
    double Tau = 0.95,
    double? TauQuantile = null,
    int WarmUp = 32,
    UncertaintyEstimator Estimator = UncertaintyEstimator.Auto,
    bool LengthNormalise = false,
    string? DecisionPrefix = null,
    AdaptationSelection Selection = AdaptationSelection.Uncertain,
    double Share = 0.65,
    int Pairs = 1,
    PairGenerator Generator = PairGenerator.Self,
    double SynthesisTemperature = 0.7,
    int Attempts = 2,
    bool Agree = false,
    AdaptationUpdate? Update = null,
    AnswerDecoding Decoding = AnswerDecoding.Direct,
    int Steps = 5,
    double? LearningRate = null,
    int Rank = 8,
    double Alpha = 16,
    int? TimeBudgetMs = null,
    int? MaxAdaptationsPerMinute = null)
{
    private static readonly TestTimeImprovementSettings Defaults = new();

    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["tau"] = "margin below which the model counts as unsure (default 0.95)",
        ["tauQuantile"] = "share of inputs to call unsure: after the warm-up the threshold is that quantile of the margins seen (default: tau stays)",
        ["warmUp"] = "inputs before tauQuantile counts (default 32)",
        ["estimator"] = "margin by auto, rss, perplexity or disagreement (default auto)",
        ["lengthNormalise"] = "scores are means over tokens instead of sums (default false)",
        ["decisionPrefix"] = "text between the start of the answer and the function's name (default: that of the task's form)",
        ["selection"] = "inputs that are improved: uncertain, certain, all, random (default uncertain)",
        ["share"] = "chance of an input under selection random (default 0.65)",
        ["pairs"] = "synthetic pairs per input (default 1)",
        ["generator"] = "who writes them: self, or the model bound to the role teacher (default self)",
        ["synthesisTemperature"] = "temperature at which they are written (default 0.7)",
        ["attempts"] = "rounds of writing until all pairs are valid (default 2)",
        ["agree"] = "keep only pairs whose answer the model gives again (default false)",
        ["update"] = "lora (temporary adapter), icl (demonstrations) or none (default: lora where the model can, otherwise icl)",
        ["decoding"] = "direct or vote (default direct)",
        ["steps"] = "training steps (default 5)",
        ["learningRate"] = "step size (default 1e-3 for small models, otherwise 1e-4)",
        ["rank"] = "rank of the adapter (default 8)",
        ["alpha"] = "alpha of the adapter (default 16)",
        ["timeBudgetMs"] = "milliseconds for measuring, writing and training together; then the plain answer (default: no limit)",
        ["maxAdaptationsPerMinute"] = "improvements per minute over all requests (default: no limit)",
    };

    /// <summary>Reads the settings of a request.</summary>
    /// <param name="options">Options of the request.</param>
    /// <exception cref="ArgumentException">A name is unknown or values are out of range; all are listed.</exception>
    internal static TestTimeImprovementSettings Read(StrategyOptions options)
    {
        TestTimeImprovementSettings s = StrategySettings.Read(options, TestTimeImprovementStrategy.Id, Defaults, SettingsJson.Default.TestTimeImprovementSettings, Descriptions);
        new SettingRules(TestTimeImprovementStrategy.Id)
            .Require(s.Tau is >= 0 and <= 1, $"tau is {s.Tau}, it must lie in [0, 1]")
            .Require(s.TauQuantile is null or (> 0 and < 1), $"tauQuantile is {s.TauQuantile}, it must lie between 0 and 1")
            .Require(s.WarmUp is >= 1 and <= 512, $"warmUp is {s.WarmUp}, it must lie in 1 … 512")
            .Require(Enum.IsDefined(s.Estimator), $"estimator is {s.Estimator}, it must be auto, rss, perplexity or disagreement")
            .Require(Enum.IsDefined(s.Selection), $"selection is {s.Selection}, it must be uncertain, certain, all or random")
            .Require(s.Share is >= 0 and <= 1, $"share is {s.Share}, it must lie in [0, 1]")
            .Require(s.Pairs is >= 1 and <= 64, $"pairs is {s.Pairs}, it must lie in 1 … 64")
            .Require(Enum.IsDefined(s.Generator), $"generator is {s.Generator}, it must be self or teacher")
            .Require(StrategySettings.IsTemperature(s.SynthesisTemperature), $"synthesisTemperature is {s.SynthesisTemperature}, it must be finite and at least 0")
            .Require(s.Attempts is >= 1 and <= 8, $"attempts is {s.Attempts}, it must lie in 1 … 8")
            .Require(s.Update is not { } update || Enum.IsDefined(update), $"update is {s.Update}, it must be lora, icl or none")
            .Require(Enum.IsDefined(s.Decoding), $"decoding is {s.Decoding}, it must be direct or vote")
            .Require(s.Steps is >= 1 and <= 100, $"steps is {s.Steps}, it must lie in 1 … 100")
            .Require(s.LearningRate is not { } rate || (double.IsFinite(rate) && rate > 0), $"learningRate is {s.LearningRate}, it must be positive")
            .Require(s.Rank is >= 1 and <= 256, $"rank is {s.Rank}, it must lie in 1 … 256")
            .Require(double.IsFinite(s.Alpha) && s.Alpha > 0, $"alpha is {s.Alpha}, it must be positive")
            .Require(s.TimeBudgetMs is null or > 0, $"timeBudgetMs is {s.TimeBudgetMs}, it must be positive")
            .Require(s.MaxAdaptationsPerMinute is null or > 0, $"maxAdaptationsPerMinute is {s.MaxAdaptationsPerMinute}, it must be positive")
            .ThrowIfBroken();
        return s;
    }
}
