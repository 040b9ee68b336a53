using System.Globalization;

namespace Agents.Training.Loss;

/// <summary>Clipping of probability ratios.</summary>
public sealed record PpoClipOptions
{
    /// <summary>Gets how far a ratio may fall below 1. Default 0.2.</summary>
    public double ClipLow { get; init; } = 0.2;

    /// <summary>Gets how far a ratio may rise above 1. Default 0.2; DAPO 0.28.</summary>
    public double ClipHigh { get; init; } = 0.2;

    /// <summary>Gets the bound c of the second clip for negative advantages: a token costs at most −c · advantage. Default 3; null leaves it out.</summary>
    public double? DualClip { get; init; } = 3;

    /// <summary>Gets a cap of the ratio before the minimum is taken. Default null, which has none.</summary>
    public double? RatioCap { get; init; }

    /// <summary>Gets how tokens are averaged. Default the mean over sequences of token means (GRPO).</summary>
    public LossAggregator Aggregator { get; init; } = new(LossAggregation.SequenceMeanTokenMean);

    /// <summary>Gets the settings as they appear in a checkpoint's identity.</summary>
    public string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"low {ClipLow:R} high {ClipHigh:R} dual {DualClip?.ToString("R", CultureInfo.InvariantCulture) ?? "none"} cap {RatioCap?.ToString("R", CultureInfo.InvariantCulture) ?? "none"} {Aggregator.Settings}");

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">Lists every setting that is out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (!(ClipLow is >= 0 and < 1))
        {
            broken.Add($"clip low {ClipLow} must lie in [0, 1)");
        }

        if (!(ClipHigh >= 0))
        {
            broken.Add($"clip high {ClipHigh} must be at least 0");
        }

        if (DualClip is <= 1)
        {
            broken.Add($"dual clip {DualClip} must exceed 1");
        }

        if (RatioCap is <= 1)
        {
            broken.Add($"ratio cap {RatioCap} must exceed 1");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The clipping options are invalid: " + string.Join("; ", broken) + ".");
        }

        Aggregator.Validate();
    }
}
