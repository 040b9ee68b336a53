using Agents.Plugins.Sift.Predictions;
using Agents.Reasoning;
using Agents.Strategies;
using Agents.Strategies.Composition;

namespace Agents.Plugins.Sift;

/// <summary>Own settings of <c>sift</c> (papers/49 §2.2). Common options: <c>samples</c> of a coupling (default 10), <c>temperature</c> (default 0, with a coupling 0.6 at top-p 0.9).</summary>
/// <param name="MaxStage">Last stage that is run. Default 3, range 1 to 3; 0 with <paramref name="AnswerWith"/>: the sticker is written and nothing else.</param>
/// <param name="SkipForward">Leaves stage 2 out. An ablation that hurts. Default false.</param>
/// <param name="RepeatForward">How often stage 2 is repeated while the views disagree. Default 1, range 1 to 8.</param>
/// <param name="RepeatInverse">How often stage 3 is repeated while the views disagree. Default 1, range 1 to 8.</param>
/// <param name="Consensus">Which predictions are compared. Default stickerWithBoth.</param>
/// <param name="Coupling">How several samples enter. Default none.</param>
/// <param name="Structured">Whether stickers are held to a JSON schema. Default null: where the model in this process can and its prompt has a form for it.</param>
/// <param name="AnswerWith">Strategy that answers in the end, from the question with the sticker beneath it. Default null: the predictions of the method answer.</param>
public sealed record SiftSettings(
    int MaxStage = 3,
    bool SkipForward = false,
    int RepeatForward = 1,
    int RepeatInverse = 1,
    ConsensusStrategy Consensus = ConsensusStrategy.StickerWithBoth,
    SiftCoupling Coupling = SiftCoupling.None,
    bool? Structured = null,
    NestedStrategy? AnswerWith = null)
{
    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["maxStage"] = "last stage that is run: 0 (with answerWith) the sticker alone, 1 two views of it, 2 forward optimization, 3 inverse generation (default 3)",
        ["skipForward"] = "leave stage 2 out, an ablation (default false)",
        ["repeatForward"] = "repetitions of stage 2 while the views disagree (default 1)",
        ["repeatInverse"] = "repetitions of stage 3 while the views disagree (default 1)",
        ["consensus"] = "predictions that are compared: stickerWithBoth, stickerWithQuestion, questionWithBoth (default stickerWithBoth)",
        ["coupling"] = "how several samples enter: none, sticker, prediction, sift (default none)",
        ["answerWith"] = "strategy that answers in the end, from the question with the sticker beneath it: its id, or an object with strategy, samples, temperature, maxTokens, settings (default: none)",
        ["structured"] = "hold stickers to a JSON schema (default: where the model in this process can and its prompt has a form for it)",
    };

    /// <summary>Reads the settings of a request.</summary>
    /// <param name="options">Options of the request.</param>
    /// <exception cref="ArgumentException">A name is unknown or values are out of range; all are listed.</exception>
    internal static SiftSettings Read(StrategyOptions options)
    {
        SiftSettings settings = StrategySettings.Read(options, SiftStrategy.Id, new SiftSettings(), SettingsJson.Default.SiftSettings, Descriptions);
        new SettingRules(SiftStrategy.Id)
            .Require(settings.MaxStage is >= 1 and <= 3 || (settings.MaxStage == 0 && settings.AnswerWith is not null), $"maxStage is {settings.MaxStage}, it must be 1, 2 or 3 (0 with answerWith)")
            .Require(settings.AnswerWith?.Strategy is not "", "answerWith is empty, name a strategy or leave it out")
            .Require(settings.AnswerWith is null || settings.Coupling == SiftCoupling.None, "answerWith is given, which needs one sticker: coupling must be none")
            .Require(!settings.SkipForward || settings.MaxStage == 3, "skipForward leads to stage 3, so maxStage must be 3")
            .Require(settings.RepeatForward is >= 1 and <= 8, $"repeatForward is {settings.RepeatForward}, it must lie in 1 … 8")
            .Require(settings.RepeatInverse is >= 1 and <= 8, $"repeatInverse is {settings.RepeatInverse}, it must lie in 1 … 8")
            .Require(Enum.IsDefined(settings.Consensus), $"consensus is {settings.Consensus}, it must be stickerWithBoth, stickerWithQuestion or questionWithBoth")
            .Require(Enum.IsDefined(settings.Coupling), $"coupling is {settings.Coupling}, it must be none, sticker, prediction or sift")
            .ThrowIfBroken();
        return settings;
    }
}
