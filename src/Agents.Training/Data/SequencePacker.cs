using System.Collections.Immutable;
using Agents.Learning;

namespace Agents.Training.Data;

/// <summary>
/// Lays sequences end to end into micro-batches: each goes into the first batch that still has room for it, in the order of arrival, and is never cut here.
/// Attention stays inside a sequence, positions restart at 0, row i learns token i + 1, and the last token of an example has no target.
/// </summary>
public static class SequencePacker
{
    /// <summary>Packs sequences, each on its own.</summary>
    /// <param name="pieces">Sequences in order of arrival.</param>
    /// <param name="rowsPerBatch">Most rows of a batch.</param>
    /// <returns>Batches in the order in which they were opened.</returns>
    /// <exception cref="ArgumentException">A sequence is empty or longer than a batch.</exception>
    public static ImmutableArray<PackedBatch> Pack(IReadOnlyList<SequencePiece> pieces, int rowsPerBatch)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        return PackUnits([.. pieces.Select(piece => new SequenceUnit([piece]))], rowsPerBatch);
    }

    /// <summary>Packs units (preference pairs, groups), whose sequences stay neighbours in one batch.</summary>
    /// <param name="units">Units in order of arrival.</param>
    /// <param name="rowsPerBatch">Most rows of a batch.</param>
    /// <returns>Batches in the order in which they were opened.</returns>
    /// <exception cref="ArgumentException">A sequence is empty, a unit is longer than a batch, or columns differ between sequences.</exception>
    public static ImmutableArray<PackedBatch> PackUnits(IReadOnlyList<SequenceUnit> units, int rowsPerBatch)
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowsPerBatch);
        List<(int Free, List<SequencePiece> Pieces)> bins = [];
        for (int i = 0; i < units.Count; i++)
        {
            SequenceUnit unit = units[i];
            int rows = unit.Rows;
            if (unit.Pieces.IsDefaultOrEmpty || unit.Pieces.Any(piece => piece.Count < 1) || rows > rowsPerBatch)
            {
                throw new ArgumentException(
                    !unit.Pieces.IsDefault && unit.Pieces is [_]
                        ? $"Sequence {i} has {rows} tokens; a batch takes 1 to {rowsPerBatch}."
                        : $"Unit {i} has {(unit.Pieces.IsDefault ? 0 : unit.Pieces.Length)} sequences with {rows} tokens; it must stay in one batch of 1 to {rowsPerBatch}, without empty sequences.",
                    nameof(units));
            }

            int at = 0;
            while (at < bins.Count && bins[at].Free < rows)
            {
                at++;
            }

            if (at == bins.Count)
            {
                bins.Add((rowsPerBatch, []));
            }

            bins[at].Pieces.AddRange(unit.Pieces);
            bins[at] = (bins[at].Free - rows, bins[at].Pieces);
        }

        return [.. bins.Select(bin => Lay(bin.Pieces, rowsPerBatch - bin.Free))];
    }

    private static PackedBatch Lay(List<SequencePiece> pieces, int rows)
    {
        int[] tokens = new int[rows];
        int[] positions = new int[rows];
        int[] targets = new int[rows];
        float[] weights = new float[rows];
        int[] starts = new int[pieces.Count];
        int row = 0;
        for (int s = 0; s < pieces.Count; s++)
        {
            SequencePiece piece = pieces[s];
            starts[s] = row;
            for (int i = 0; i < piece.Count; i++, row++)
            {
                int at = piece.Start + i;
                int next = at + 1;
                bool learned = next < piece.Example.TokenIds.Length && piece.Example.Weights[next] != 0;
                tokens[row] = piece.Example.TokenIds[at];
                positions[row] = i;
                targets[row] = learned ? piece.Example.TokenIds[next] : -1;
                weights[row] = learned ? piece.Example.Weights[next] : 0;
            }
        }

        return new PackedBatch { TokenIds = tokens, Positions = positions, Targets = targets, Weights = weights, SequenceStarts = starts, Columns = PieceColumns.Lay(pieces, rows) };
    }
}
