using System.Text.Json.Nodes;
using Agents.Learning;
using Agents.Training.Advantages;
using Agents.Training.Loss;

namespace Agents.Training.Tests.Oracles;

/// <summary>An objective twice: built here, and as the settings from which tests/oracles/pytorch/loss_oracle.py builds its own.</summary>
/// <param name="Loss">Ours.</param>
/// <param name="Settings">What the script needs to know.</param>
/// <param name="Estimator">Turns the case's rewards into advantages; null where the objective reads none.</param>
/// <param name="EstimatorSettings">The estimator for the script.</param>
internal sealed record OracleLoss(ITokenLoss Loss, JsonObject Settings, IAdvantageEstimator? Estimator = null, JsonObject? EstimatorSettings = null)
{
    /// <summary>Gets whether sequences are pairs, so that none of them may be masked completely.</summary>
    public bool IsPaired => Settings["loss"]!.GetValue<string>() is "dpo" or "ipo" or "simpo" or "orpo";
}

/// <summary>Every objective, auxiliary term and variant of src/Agents.Training/Loss by name.</summary>
internal static class OracleLosses
{
    private static readonly LossAggregation[] Kinds = Enum.GetValues<LossAggregation>();

    /// <summary>Every estimator with its settings for the script.</summary>
    public static IReadOnlyDictionary<string, (IAdvantageEstimator Estimator, JsonObject Settings)> Estimators { get; } =
        new Dictionary<string, (IAdvantageEstimator, JsonObject)>
        {
            ["grpo"] = (new GroupNormalizedAdvantage(), new JsonObject { ["name"] = "grpo", ["epsilon"] = 1e-6 }),
            ["grpo-trl"] = (new GroupNormalizedAdvantage(1e-4), new JsonObject { ["name"] = "grpo", ["epsilon"] = 1e-4 }),
            ["dr-grpo"] = (new GroupCenteredAdvantage(), new JsonObject { ["name"] = "dr-grpo" }),
            ["rloo"] = (new LeaveOneOutAdvantage(), new JsonObject { ["name"] = "rloo" }),
            ["opo"] = (new LengthWeightedAdvantage(), new JsonObject { ["name"] = "opo" }),
            ["reinforce-plus-plus"] = (new BatchNormalizedAdvantage(), new JsonObject { ["name"] = "reinforce-plus-plus" }),
            ["reinforce-plus-plus-baseline"] = (new BatchNormalizedAdvantage(groupBaseline: true), new JsonObject { ["name"] = "reinforce-plus-plus-baseline" }),
            ["rejection"] = (new RejectionAdvantage(0.3, 2), new JsonObject { ["name"] = "rejection", ["threshold"] = 0.3, ["perGroup"] = 2 }),
        };

    /// <summary>The objectives. Follows the estimators, which it reads.</summary>
    public static IReadOnlyDictionary<string, OracleLoss> All { get; } = Create();

    private static Dictionary<string, OracleLoss> Create()
    {
        Dictionary<string, OracleLoss> all = new()
        {
            ["cross-entropy"] = new(new CrossEntropyLoss(), new JsonObject { ["loss"] = "cross-entropy" }),
            ["dpo"] = Dpo(0.1, 0, robust: false),
            ["cdpo"] = Dpo(0.3, 0.1, robust: false),
            ["robust dpo"] = Dpo(0.3, 0.2, robust: true),
            ["ipo"] = new(new IpoLoss(0.3), new JsonObject { ["loss"] = "ipo", ["beta"] = 0.3 }),
            ["simpo"] = new(new SimPoLoss(2.5, 0.8), new JsonObject { ["loss"] = "simpo", ["beta"] = 2.5, ["margin"] = 0.8 }),
            ["orpo"] = new(new OrpoLoss(0.4), new JsonObject { ["loss"] = "orpo", ["lambda"] = 0.4 }),
            ["kto"] = new(new KtoLoss(0.2, 1.3, 0.7), new JsonObject { ["loss"] = "kto", ["beta"] = 0.2, ["desirable"] = 1.3, ["undesirable"] = 0.7 }),
            ["reinforce, rloo"] = Reinforce(LossAggregation.SequenceMeanTokenSum, "rloo"),
            ["reinforce++"] = Reinforce(LossAggregation.TokenMean, "reinforce-plus-plus"),
            ["reinforce++ baseline"] = Reinforce(LossAggregation.TokenMean, "reinforce-plus-plus-baseline"),
            ["reinforce, opo"] = Reinforce(LossAggregation.SequenceMeanTokenMean, "opo"),
            ["reinforce, dr-grpo"] = Reinforce(LossAggregation.ConstantLength, "dr-grpo"),
            ["grpo"] = Composite("grpo", Clip(new PpoClipOptions(), "grpo"), Kl(KlEstimator.K3, 0.04, LossAggregation.SequenceMeanTokenMean)),
            ["dr. grpo"] = Clip(new PpoClipOptions { Aggregator = Aggregator(LossAggregation.ConstantLength), DualClip = null }, "dr-grpo"),
            ["dapo"] = Clip(new PpoClipOptions { Aggregator = Aggregator(LossAggregation.TokenMean), ClipHigh = 0.28 }, "grpo-trl"),
            ["ppo-clip, ratio cap"] = Clip(new PpoClipOptions { RatioCap = 1.1, DualClip = null, ClipLow = 0.3 }, "reinforce-plus-plus"),
            ["gspo"] = Sequence(SequenceRatio.Mean, new PpoClipOptions { DualClip = null }, "grpo"),
            ["gspo, narrow"] = Sequence(SequenceRatio.Mean, new PpoClipOptions { DualClip = null, ClipLow = 3e-4, ClipHigh = 4e-4 }, "grpo"),
            ["gspo, dual"] = Sequence(SequenceRatio.Mean, new PpoClipOptions { DualClip = 1.5, ClipHigh = 0.28 }, "rloo"),
            ["rloo-clip"] = Sequence(SequenceRatio.Sum, new PpoClipOptions { DualClip = null }, "rloo"),
            ["rloo-clip, dual"] = Sequence(SequenceRatio.Sum, new PpoClipOptions { DualClip = 3, RatioCap = 4 }, "rloo"),
            ["kl k3 with k2 gradient"] = Kl(KlEstimator.K3WithK2Gradient, 0.05, LossAggregation.TokenMean),
            ["spread punished"] = Entropy(-0.02, LossAggregation.SequenceMeanTokenMean),
        };
        foreach (LossAggregation kind in Kinds)
        {
            all[$"ppo-clip {kind}"] = Clip(new PpoClipOptions { Aggregator = Aggregator(kind) }, "grpo");
            all[$"ppo-clip {kind}, no dual"] = Clip(new PpoClipOptions { Aggregator = Aggregator(kind), DualClip = null, ClipHigh = 0.28 }, "rloo");
            all[$"cispo {kind}"] = Cispo(new PpoClipOptions { Aggregator = Aggregator(kind), ClipHigh = 0.3, ClipLow = kind == LossAggregation.TokenMean ? 0.2 : 0.9 });
            all[$"entropy {kind}"] = Entropy(0.01, kind);
        }

        foreach (KlEstimator estimator in (KlEstimator[])[KlEstimator.K1, KlEstimator.K2, KlEstimator.K3])
        {
            all[$"kl {estimator}"] = Kl(estimator, 0.05, LossAggregation.SequenceMeanTokenMean);
            all[$"kl {estimator} per token"] = Kl(estimator, 0.7, LossAggregation.TokenMean);
        }

        all["policy, kl and entropy"] = Composite("sum", Clip(new PpoClipOptions(), "grpo"), Kl(KlEstimator.K2, 0.02, LossAggregation.TokenMean), Entropy(0.003, LossAggregation.TokenMean));
        return all;
    }

    private static LossAggregator Aggregator(LossAggregation kind) => new(kind, 12);

    private static OracleLoss Dpo(double beta, double smoothing, bool robust) =>
        new(new DpoLoss(beta, smoothing, robust), new JsonObject { ["loss"] = "dpo", ["beta"] = beta, ["smoothing"] = smoothing, ["robust"] = robust });

    private static OracleLoss Reinforce(LossAggregation kind, string estimator) =>
        With(new ReinforceLoss(Aggregator(kind)), Aggregated(new JsonObject { ["loss"] = "reinforce" }, Aggregator(kind)), estimator);

    private static OracleLoss Clip(PpoClipOptions options, string estimator) => With(new PpoClipLoss(options), Clipped("ppo-clip", options), estimator);

    private static OracleLoss Cispo(PpoClipOptions options) => With(new CispoLoss(options), Clipped("cispo", options), "grpo");

    private static OracleLoss Sequence(SequenceRatio ratio, PpoClipOptions options, string estimator)
    {
        JsonObject settings = Clipped("sequence-clip", options);
        settings["ratio"] = ratio.ToString();
        return With(new SequenceClipLoss(ratio, options), settings, estimator);
    }

    private static OracleLoss Kl(KlEstimator estimator, double coefficient, LossAggregation kind) => new(
        new KlPenalty(estimator, coefficient, Aggregator(kind)),
        Aggregated(new JsonObject { ["loss"] = "kl", ["estimator"] = estimator.ToString(), ["coefficient"] = coefficient }, Aggregator(kind)));

    private static OracleLoss Entropy(double coefficient, LossAggregation kind) => new(
        new EntropyBonus(coefficient, Aggregator(kind)), Aggregated(new JsonObject { ["loss"] = "entropy", ["coefficient"] = coefficient }, Aggregator(kind)));

    private static OracleLoss Composite(string id, OracleLoss policy, params OracleLoss[] terms) => policy with
    {
        Loss = new CompositeLoss(id, [policy.Loss, .. terms.Select(term => term.Loss)]),
        Settings = new JsonObject { ["loss"] = "composite", ["parts"] = new JsonArray([policy.Settings, .. terms.Select(term => term.Settings)]) },
    };

    private static OracleLoss With(ITokenLoss loss, JsonObject settings, string estimator) => new(loss, settings, Estimators[estimator].Estimator, Estimators[estimator].Settings);

    private static JsonObject Clipped(string loss, PpoClipOptions options) => Aggregated(
        new JsonObject
        {
            ["loss"] = loss,
            ["clipLow"] = options.ClipLow,
            ["clipHigh"] = options.ClipHigh,
            ["dualClip"] = options.DualClip,
            ["ratioCap"] = options.RatioCap,
        },
        options.Aggregator);

    private static JsonObject Aggregated(JsonObject settings, LossAggregator aggregator)
    {
        settings["aggregation"] = aggregator.Kind.ToString();
        settings["maximumLength"] = aggregator.MaximumLength;
        return settings;
    }
}
