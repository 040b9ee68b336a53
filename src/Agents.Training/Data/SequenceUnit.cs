using System.Collections.Immutable;

namespace Agents.Training.Data;

/// <summary>Sequences that an objective compares with each other, such as a preference pair or a group: they stay neighbours in one micro-batch.</summary>
/// <param name="Pieces">The sequences in the order that the objective expects.</param>
public readonly record struct SequenceUnit(ImmutableArray<SequencePiece> Pieces)
{
    /// <summary>Gets the rows of all sequences.</summary>
    public int Rows
    {
        get
        {
            int rows = 0;
            foreach (SequencePiece piece in Pieces.IsDefault ? [] : Pieces)
            {
                rows += piece.Count;
            }

            return rows;
        }
    }
}
