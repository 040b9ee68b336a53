using Agents.Plugins.VerbalizedSampling.Prompting;
using Agents.Plugins.VerbalizedSampling.Weights;
using Agents.Reasoning;
using Agents.Strategies;

namespace Agents.Plugins.VerbalizedSampling;

/// <summary>Own settings of <c>verbalized-sampling</c> (papers/51 §2.3 to §2.5). Common options: <c>samples</c> = N, all answers together (default: one list), <c>temperature</c> (default 0.9).</summary>
/// <param name="Variant">How answers are asked for. Default standard.</param>
/// <param name="Candidates">Answers per call, k. Default 5, range 1 to 64; large lists lower the quality.</param>
/// <param name="FirstTurn">Answers asked for in the first turn of the multi-turn variant. Default null: k; range 1 to 64.</param>
/// <param name="Definition">What the prompt says about the number. Default explicit; confidence suits the multi-turn variant.</param>
/// <param name="PromptTailMax">Asks only for answers less likely than this. Default null: the whole distribution; range (0, 1].</param>
/// <param name="MinWeight">Drops answers whose raw weight is lower. Default 0: none; range [0, 1].</param>
/// <param name="KeepAtLeast">The heaviest answers that stay even below that weight. Default 3, range 1 to 64.</param>
/// <param name="Weights">How weights become a distribution. Default elicited.</param>
/// <param name="Select">Which answer is returned. Default sample.</param>
/// <param name="Guesses">Whether plausible answers to a question are asked for instead of creative texts. Default true.</param>
/// <param name="Words">Wanted length of each text in words. Default null: none; range 1 to 2000.</param>
/// <param name="Structured">Whether replies are held to a JSON schema. Default null: where the model in this process can and its prompt has a form for it.</param>
/// <param name="Retries">Further tries of a call whose reply has no list. Default 2, range 0 to 8.</param>
public sealed record VerbalizedSamplingSettings(
    VerbalizedVariant Variant = VerbalizedVariant.Standard,
    int Candidates = 5,
    int? FirstTurn = null,
    ProbabilityDefinition Definition = ProbabilityDefinition.Explicit,
    double? PromptTailMax = null,
    double MinWeight = 0,
    int KeepAtLeast = 3,
    WeightMode Weights = WeightMode.Elicited,
    SelectionMode Select = SelectionMode.Sample,
    bool Guesses = true,
    int? Words = null,
    bool? Structured = null,
    int Retries = 2)
{
    private static readonly VerbalizedSamplingSettings Defaults = new();

    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["variant"] = "standard, cot, multi, or sequence, the list without probabilities (default standard)",
        ["candidates"] = "answers per call (default 5)",
        ["firstTurn"] = "answers asked for in the first turn of the multi-turn variant (default: as many as in later turns)",
        ["definition"] = "meaning of the number: explicit, implicit, relative, percentage, confidence, perplexity, nll (default explicit)",
        ["promptTailMax"] = "ask only for answers less likely than this (default: the whole distribution)",
        ["minWeight"] = "drop answers whose raw weight is lower (default 0)",
        ["keepAtLeast"] = "heaviest answers that stay even below minWeight (default 3)",
        ["weights"] = "elicited, softmax or uniform (default elicited)",
        ["select"] = "answer that is returned: sample, argmax, uniform, all (default sample)",
        ["guesses"] = "ask for plausible answers to a question, not for creative texts (default true)",
        ["words"] = "wanted length of each text in words (default: none)",
        ["structured"] = "hold replies to a JSON schema (default: where the model in this process can and its prompt has a form for it)",
        ["retries"] = "further tries of a call whose reply has no list (default 2)",
    };

    /// <summary>Reads the settings of a request.</summary>
    /// <param name="options">Options of the request.</param>
    /// <exception cref="ArgumentException">A name is unknown or values are out of range; all are listed.</exception>
    internal static VerbalizedSamplingSettings Read(StrategyOptions options)
    {
        VerbalizedSamplingSettings settings = StrategySettings.Read(
            options, VerbalizedSamplingStrategy.Id, Defaults, SettingsJson.Default.VerbalizedSamplingSettings, Descriptions);
        new SettingRules(VerbalizedSamplingStrategy.Id)
            .Require(Enum.IsDefined(settings.Variant), $"variant is {settings.Variant}, it must be standard, cot, multi or sequence")
            .Require(settings.Candidates is >= 1 and <= 64, $"candidates is {settings.Candidates}, it must lie in 1 … 64")
            .Require(settings.FirstTurn is null or (>= 1 and <= 64), $"firstTurn is {settings.FirstTurn}, it must lie in 1 … 64")
            .Require(settings.FirstTurn is null || settings.Variant == VerbalizedVariant.Multi, "firstTurn is given, but only variant multi has turns")
            .Require(Enum.IsDefined(settings.Definition), $"definition is {settings.Definition}, it must be explicit, implicit, relative, percentage, confidence, perplexity or nll")
            .Require(settings.PromptTailMax is null or (> 0 and <= 1), $"promptTailMax is {settings.PromptTailMax}, it must lie in (0, 1]")
            .Require(settings.MinWeight is >= 0 and <= 1, $"minWeight is {settings.MinWeight}, it must lie in [0, 1]")
            .Require(settings.KeepAtLeast is >= 1 and <= 64, $"keepAtLeast is {settings.KeepAtLeast}, it must lie in 1 … 64")
            .Require(Enum.IsDefined(settings.Weights), $"weights is {settings.Weights}, it must be elicited, softmax or uniform")
            .Require(Enum.IsDefined(settings.Select), $"select is {settings.Select}, it must be sample, argmax, uniform or all")
            .Require(settings.Words is null or (>= 1 and <= 2000), $"words is {settings.Words}, it must lie in 1 … 2000")
            .Require(settings.Retries is >= 0 and <= 8, $"retries is {settings.Retries}, it must lie in 0 … 8")
            .ThrowIfBroken();
        return settings;
    }
}
