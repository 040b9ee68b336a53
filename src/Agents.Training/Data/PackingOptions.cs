namespace Agents.Training.Data;

/// <summary>Sizes of optimizer steps and of their micro-batches.</summary>
public sealed record PackingOptions
{
    /// <summary>Gets how many tokens one optimizer step takes at most. Default 16,384.</summary>
    public int TokensPerStep { get; init; } = 16_384;

    /// <summary>Gets how many rows one micro-batch has at most. Default 2,048.</summary>
    public int RowsPerBatch { get; init; } = 2_048;

    /// <summary>Gets the longest sequence in rows; at most <see cref="RowsPerBatch"/>. Default 1,024.</summary>
    public int MaximumSequence { get; init; } = 1_024;

    /// <summary>Gets what happens to longer sequences. Default: an error.</summary>
    public OverlongPolicy Overlong { get; init; } = OverlongPolicy.Refuse;

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (MaximumSequence < 1)
        {
            broken.Add($"the longest sequence {MaximumSequence} must be positive");
        }

        if (RowsPerBatch < MaximumSequence)
        {
            broken.Add($"{RowsPerBatch} rows per batch cannot hold a sequence of {MaximumSequence}");
        }

        if (TokensPerStep < MaximumSequence)
        {
            broken.Add($"{TokensPerStep} tokens per step cannot hold a sequence of {MaximumSequence}");
        }

        if (!Enum.IsDefined(Overlong))
        {
            broken.Add($"policy {Overlong} for overlong sequences is unknown");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The packing settings are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
