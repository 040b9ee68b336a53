namespace Agents.Learning;

/// <summary>
/// Several sequences laid end to end for one forward pass. Attention is causal inside a sequence and never crosses one; positions restart at 0 unless given.
/// All arrays except <see cref="SequenceStarts"/> have one entry per row.
/// </summary>
public sealed record PackedBatch
{
    /// <summary>Gets the input tokens, [rows].</summary>
    public required int[] TokenIds { get; init; }

    /// <summary>Gets the position of each row for RoPE, [rows].</summary>
    public required int[] Positions { get; init; }

    /// <summary>Gets the token that each row should predict, [rows]; −1 where nothing is learned (prompt, observation, end of a sequence).</summary>
    public required int[] Targets { get; init; }

    /// <summary>Gets the weight of each target in the loss, [rows]; 0 where the target is −1.</summary>
    public required float[] Weights { get; init; }

    /// <summary>Gets the first row of each sequence, ascending, starting with 0.</summary>
    public required int[] SequenceStarts { get; init; }

    /// <summary>Gets an attention mask [rows of the batch, rows of the batch] that replaces the causal rule, row-major, 1 = visible; null for causal.</summary>
    public byte[]? Mask { get; init; }

    /// <summary>Gets what objectives beyond cross-entropy need besides the model's statistics; null where they need nothing.</summary>
    public TokenColumns? Columns { get; init; }

    /// <summary>Gets the number of rows.</summary>
    public int Rows => TokenIds.Length;

    /// <summary>Gets the number of rows that have a target.</summary>
    public int TargetCount
    {
        get
        {
            int count = 0;
            foreach (int target in Targets)
            {
                count += target >= 0 ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>Checks that the arrays fit together and ids lie in the vocabulary.</summary>
    /// <param name="vocabularySize">Number of token ids.</param>
    /// <exception cref="ArgumentException">Names the first broken rule.</exception>
    public void Validate(int vocabularySize)
    {
        int rows = Rows;
        if (Positions.Length != rows || Targets.Length != rows || Weights.Length != rows)
        {
            throw new ArgumentException($"A packed batch of {rows} rows has {Positions.Length} positions, {Targets.Length} targets and {Weights.Length} weights.");
        }

        if (rows == 0 || SequenceStarts.Length == 0 || SequenceStarts[0] != 0)
        {
            throw new ArgumentException("A packed batch needs at least one row, and its first sequence starts at row 0.");
        }

        for (int i = 1; i < SequenceStarts.Length; i++)
        {
            if (SequenceStarts[i] <= SequenceStarts[i - 1] || SequenceStarts[i] >= rows)
            {
                throw new ArgumentException($"Sequence {i} starts at row {SequenceStarts[i]}; starts must ascend and stay below {rows}.");
            }
        }

        for (int i = 0; i < rows; i++)
        {
            if ((uint)TokenIds[i] >= (uint)vocabularySize || Targets[i] >= vocabularySize)
            {
                throw new ArgumentException($"Row {i} has token {TokenIds[i]} and target {Targets[i]}; the vocabulary has {vocabularySize} ids.");
            }
        }

        Columns?.Validate(rows, SequenceStarts.Length);
        if (Mask is not null && Mask.LongLength != (long)rows * rows)
        {
            throw new ArgumentException($"The mask has {Mask.LongLength} entries; {rows} rows need {(long)rows * rows}.");
        }
    }
}
