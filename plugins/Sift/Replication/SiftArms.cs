using System.Globalization;
using System.Text.Json;
using Agents.Replication;
using Agents.Reasoning;

namespace Agents.Plugins.Sift.Replication;

/// <summary>The arms of the replication: what answers, and what is noted about it beside the answer.</summary>
internal sealed class SiftArms(ILaboratory laboratory, SiftCondition condition)
{
    /// <summary>The plain answer.</summary>
    public const string Direct = "direct";

    /// <summary>The method with all its stages.</summary>
    public const string Sift = "sift, stages 1 to 3";

    /// <summary>The method with stages 1 and 2.</summary>
    public const string Forward = "sift, stages 1 to 2";

    /// <summary>The method with stage 1.</summary>
    public const string First = "sift, stage 1";

    /// <summary>The ablation that goes from stage 1 to stage 3.</summary>
    public const string Skip = "sift without stage 2";

    /// <summary>Sticker alone against the plain answer.</summary>
    public const string ConsensusB = "sift, stage 1, consensus (b)";

    /// <summary>Plain answer against question and sticker.</summary>
    public const string ConsensusC = "sift, stage 1, consensus (c)";

    /// <summary>A vote over as many samples as the method made calls for the same item.</summary>
    public const string Matched = "self-consistency at equal calls";

    /// <summary>Whether the views agreed.</summary>
    public const string Agreed = "agreed";

    /// <summary>The stage that agreed; 0 for the fallback.</summary>
    public const string Stage = "stage";

    /// <summary>Whether the view of the sticker alone was right.</summary>
    public const string StickerRight = "sticker view right";

    /// <summary>Whether the view of question and sticker was right.</summary>
    public const string BothRight = "question and sticker view right";

    private const int MaximumTokens = 256;

    /// <summary>Gets the arms of the method in the order of the report, with their settings.</summary>
    public static IReadOnlyList<(string Arm, string Settings)> Methods { get; } =
    [
        (First, """{"maxStage":1}"""),
        (Forward, """{"maxStage":2}"""),
        (Sift, """{"maxStage":3}"""),
        (Skip, """{"maxStage":3,"skipForward":true}"""),
        (ConsensusB, """{"maxStage":1,"consensus":"stickerWithQuestion"}"""),
        (ConsensusC, """{"maxStage":1,"consensus":"questionWithBoth"}"""),
    ];

    /// <summary>Returns the name of a vote over a fixed number of samples.</summary>
    /// <param name="samples">How many.</param>
    public static string Consistency(int samples) => string.Create(CultureInfo.InvariantCulture, $"self-consistency, {samples} samples");

    /// <summary>Answers plainly.</summary>
    /// <param name="item">The item.</param>
    /// <param name="seed">Seed of the arm.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<Observation> DirectAsync(ExperimentItem item, ulong seed, CancellationToken cancellationToken) =>
        (await laboratory.AnswerAsync(new StrategyRun("direct") { Options = new StrategyOptions { Temperature = condition.Temperature, MaxTokens = MaximumTokens } }, item, seed, cancellationToken).ConfigureAwait(false)).ToObservation();

    /// <summary>Votes over samples.</summary>
    /// <param name="item">The item.</param>
    /// <param name="samples">How many.</param>
    /// <param name="seed">Seed of the arm.</param>
    /// <param name="cancellationToken">Stops the calls.</param>
    public async Task<Observation> VoteAsync(ExperimentItem item, int samples, ulong seed, CancellationToken cancellationToken)
    {
        StrategyOptions options = new() { Samples = samples, Temperature = condition.VoteTemperature, MaxTokens = MaximumTokens };
        return (await laboratory.AnswerAsync(new StrategyRun("self-consistency") { Options = options }, item, seed, cancellationToken).ConfigureAwait(false)).ToObservation();
    }

    /// <summary>Runs the method.</summary>
    /// <param name="item">The item.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="seed">Seed of the arm.</param>
    /// <param name="cancellationToken">Stops the calls.</param>
    public async Task<Observation> SiftAsync(ExperimentItem item, string settings, ulong seed, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(settings);
        StrategyOptions options = new() { Temperature = condition.Temperature, MaxTokens = MaximumTokens, Settings = document.RootElement.Clone() };
        ExperimentAnswer answer = await laboratory.AnswerAsync(new StrategyRun(SiftStrategy.Id) { Options = options }, item, seed, cancellationToken).ConfigureAwait(false);
        return answer.ToObservation(new Dictionary<string, double>
        {
            [Agreed] = answer.Details.GetValueOrDefault("grounded") is true ? 1 : 0,
            [Stage] = Convert.ToDouble(answer.Details.GetValueOrDefault("stage") ?? 0, CultureInfo.InvariantCulture),
            [StickerRight] = IsRight(item, answer, "stickerAnswer"),
            [BothRight] = IsRight(item, answer, "bothAnswer"),
        });
    }

    private double IsRight(ExperimentItem item, ExperimentAnswer answer, string view) => laboratory.Answers.Equivalent(answer.Details.GetValueOrDefault(view) as string, item.Answer) ? 1 : 0;
}
