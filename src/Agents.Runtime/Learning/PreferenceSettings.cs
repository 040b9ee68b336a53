using Agents.Learning;
using Agents.Training.Loss;

namespace Agents.Runtime.Learning;

/// <summary>The part <c>preference</c> of a recipe.</summary>
public sealed record PreferenceSettings
{
    /// <summary>Gets the objective: <c>dpo</c>, <c>cdpo</c>, <c>robust</c>, <c>ipo</c>, <c>simpo</c>, <c>orpo</c> or <c>kto</c>.</summary>
    public required string Loss { get; init; }

    /// <summary>Gets β; of SimPO the scale of averaged log-probabilities.</summary>
    public required double Beta { get; init; }

    /// <summary>Gets the probability that a label is wrong (cDPO, robust DPO).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Gets the target margin γ of SimPO.</summary>
    public double Margin { get; init; } = 1;

    /// <summary>Gets the weight λ of ORPO's odds term.</summary>
    public double OddsWeight { get; init; } = 0.1;

    /// <summary>Gets the weight of KTO's wanted completions.</summary>
    public double Desirable { get; init; } = 1;

    /// <summary>Gets the weight of KTO's unwanted completions.</summary>
    public double Undesirable { get; init; } = 1;

    /// <summary>Gets the JSON lines <c>{"prompt", "chosen", "rejected"}</c>; null when pairs are sampled.</summary>
    public string? File { get; init; }

    /// <summary>Gets how pairs are sampled; null when they come from a file.</summary>
    public SamplingSettings? Sampling { get; init; }

    /// <summary>Gets the most pairs of one question.</summary>
    public int PairsPerQuestion { get; init; } = 1;

    /// <summary>Gets the pairs of one update; KTO takes twice as many single completions.</summary>
    public int PairsPerStep { get; init; } = 16;

    /// <summary>Gets whether the objective compares with the frozen start model.</summary>
    public bool NeedsReference => Loss is not ("simpo" or "orpo");

    /// <summary>Creates the objective.</summary>
    public ITokenLoss CreateLoss() => Loss switch
    {
        "dpo" => new DpoLoss(Beta),
        "cdpo" => new DpoLoss(Beta, LabelSmoothing),
        "robust" => new DpoLoss(Beta, LabelSmoothing, robust: true),
        "ipo" => new IpoLoss(Beta),
        "simpo" => new SimPoLoss(Beta, Margin),
        "orpo" => new OrpoLoss(OddsWeight),
        "kto" => new KtoLoss(Beta, Desirable, Undesirable),
        _ => throw new RecipeException($"There is no preference loss '{Loss}'."),
    };
}
