namespace Agents.Learning;

/// <summary>Columns of the experience table as one micro-batch sees them. Each has one entry per row (labels: per sequence) or is empty.</summary>
public sealed record TokenColumns
{
    /// <summary>Gets the log-probability of each target under the policy that sampled, recomputed with the trainer's kernels.</summary>
    public double[] OldLogProbability { get; init; } = [];

    /// <summary>Gets the log-probability of each target under the frozen reference.</summary>
    public double[] ReferenceLogProbability { get; init; } = [];

    /// <summary>Gets the advantage of each token.</summary>
    public double[] Advantage { get; init; } = [];

    /// <summary>Gets constant factors per token against sampling from other weights or kernels.</summary>
    public double[] Correction { get; init; } = [];

    /// <summary>Gets one label per sequence.</summary>
    public double[] SequenceLabel { get; init; } = [];

    /// <summary>Checks lengths.</summary>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="sequences">Sequences of the batch.</param>
    /// <exception cref="ArgumentException">A column has another length; the message names it.</exception>
    public void Validate(int rows, int sequences)
    {
        Require(OldLogProbability.Length, rows, nameof(OldLogProbability));
        Require(ReferenceLogProbability.Length, rows, nameof(ReferenceLogProbability));
        Require(Advantage.Length, rows, nameof(Advantage));
        Require(Correction.Length, rows, nameof(Correction));
        Require(SequenceLabel.Length, sequences, nameof(SequenceLabel));
    }

    private static void Require(int length, int expected, string column)
    {
        if (length != 0 && length != expected)
        {
            throw new ArgumentException($"The column {column} has {length} entries; the batch needs {expected} or none.");
        }
    }
}
