namespace Agents.Training.Adapters;

/// <summary>Form and start of a new adapter.</summary>
public sealed record AdapterOptions
{
    /// <summary>The target that stands for every linear layer except the head.</summary>
    public const string AllLinear = "all-linear";

    /// <summary>Gets the kind. Default LoRA.</summary>
    public AdapterKind Kind { get; init; }

    /// <summary>Gets the rank r. Default 8.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Gets alpha, which sets the scale of the product. Default 16.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Gets whether the scale is alpha / √r (rsLoRA) instead of alpha / r. Default false.</summary>
    public bool RankStabilized { get; init; }

    /// <summary>Gets the layers: <c>all-linear</c> (default), module names as <c>q_proj</c>, or ends of paths as <c>layers.3.mlp.up_proj</c>.</summary>
    public IReadOnlyList<string> TargetModules { get; init; } = [AllLinear];

    /// <summary>Gets the seed of A, which starts uniform in ±1/√inputs; B starts at zero.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets whether DoRA's row norms take part in the gradient instead of counting as constants. Default false, as reference practice has it.</summary>
    public bool ExactNormGradient { get; init; }

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (!Enum.IsDefined(Kind))
        {
            broken.Add($"kind {Kind} is unknown");
        }

        if (Rank < 1)
        {
            broken.Add($"rank {Rank} must be at least 1");
        }

        if (!(Alpha > 0) || !double.IsFinite(Alpha))
        {
            broken.Add($"alpha {Alpha} must be positive");
        }

        if (TargetModules is null || TargetModules.Count == 0 || TargetModules.Any(string.IsNullOrWhiteSpace))
        {
            broken.Add($"target modules must name at least one layer, or {AllLinear}");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The adapter settings are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
