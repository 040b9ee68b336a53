namespace Agents.Training.Data;

/// <summary>The rows of one example, or of one part of a split example, that share a forward pass.</summary>
/// <param name="Example">Where tokens and weights come from.</param>
/// <param name="Start">First token.</param>
/// <param name="Count">Number of rows.</param>
public readonly record struct SequencePiece(TrainingExample Example, int Start, int Count)
{
    /// <summary>Creates the piece that holds a whole example.</summary>
    /// <param name="example">The example.</param>
    public static SequencePiece Whole(TrainingExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        return new SequencePiece(example, 0, example.TokenIds.Length);
    }
}
