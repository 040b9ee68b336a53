namespace Agents.Models;

/// <summary>What a temporary adapter learns and how: a few gradient steps on a few examples (papers/61 §2).</summary>
public sealed record AdaptationRequest
{
    /// <summary>Gets the examples as conversations.</summary>
    public IReadOnlyList<AdaptationConversation> Conversations { get; init; } = [];

    /// <summary>Gets further examples as token ids.</summary>
    public IReadOnlyList<EncodedConversation> Encoded { get; init; } = [];

    /// <summary>
    /// Gets the adapters that the improved request runs with; empty (default) for the base model. The temporary adapter is trained over them, they stay as they are, and the answer names them first, in this order, and
    /// the temporary one last.
    /// </summary>
    public IReadOnlyList<AdapterUse> Adapters { get; init; } = [];

    /// <summary>Gets the rank of the adapter, which changes all linear layers. Default 8.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Gets alpha: the product is scaled by alpha / rank. Default 16.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Gets the step size of AdamW without weight decay. Default null: 1e-3 for models of less than 20 million parameters, 1e-4 for others.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Gets the number of steps, each over all examples. Default 5.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>Gets the largest gradient norm of a step. Default 1.</summary>
    public double MaximumGradientNorm { get; init; } = 1;

    /// <summary>Gets the seed of the adapter's start. Derive it from the item, never from the order of requests. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets the time after which no further step begins; the first always runs. Default null: no limit.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting that is out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (Conversations.Count + Encoded.Count == 0)
        {
            broken.Add("there is no example");
        }

        if (Rank is < 1 or > 256)
        {
            broken.Add($"rank {Rank} must lie in 1 … 256");
        }

        if (!(double.IsFinite(Alpha) && Alpha > 0))
        {
            broken.Add($"alpha {Alpha} must be positive");
        }

        if (LearningRate is { } rate && !(double.IsFinite(rate) && rate > 0))
        {
            broken.Add($"the learning rate {rate} must be positive");
        }

        if (Steps is < 1 or > 1000)
        {
            broken.Add($"{Steps} steps must lie in 1 … 1000");
        }

        if (!(MaximumGradientNorm > 0))
        {
            broken.Add($"the largest gradient norm {MaximumGradientNorm} must be positive");
        }

        if (TimeLimit is { } limit && limit <= TimeSpan.Zero)
        {
            broken.Add($"the time limit {limit} must be positive");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The adaptation request is invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
