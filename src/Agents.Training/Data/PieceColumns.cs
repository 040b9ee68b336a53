using Agents.Learning;

namespace Agents.Training.Data;

/// <summary>Lays the columns of sequences into the rows of a micro-batch: row i of a sequence predicts token i + 1, so it takes entry i + 1.</summary>
internal static class PieceColumns
{
    /// <summary>Returns the columns of a batch.</summary>
    /// <param name="pieces">The sequences of the batch in order.</param>
    /// <param name="rows">Their rows together.</param>
    /// <returns>Null when no sequence has columns.</returns>
    /// <exception cref="ArgumentException">Some sequences have a column that others lack, or a column has another length than its sequence.</exception>
    public static TokenColumns? Lay(List<SequencePiece> pieces, int rows) =>
        pieces.TrueForAll(piece => piece.Example.Columns is null)
            ? null
            : new TokenColumns
            {
                OldLogProbability = Rows(pieces, rows, columns => columns.OldLogProbability, nameof(TokenColumns.OldLogProbability)),
                ReferenceLogProbability = Rows(pieces, rows, columns => columns.ReferenceLogProbability, nameof(TokenColumns.ReferenceLogProbability)),
                Advantage = Rows(pieces, rows, columns => columns.Advantage, nameof(TokenColumns.Advantage)),
                Correction = Rows(pieces, rows, columns => columns.Correction, nameof(TokenColumns.Correction)),
                SequenceLabel = Labels(pieces),
            };

    private static double[] Rows(List<SequencePiece> pieces, int rows, Func<TokenColumns, double[]> column, string name)
    {
        if (!Present(pieces, column, name))
        {
            return [];
        }

        var values = new double[rows];
        int row = 0;
        foreach (SequencePiece piece in pieces)
        {
            double[] source = column(piece.Example.Columns!);
            if (source.Length != piece.Example.TokenIds.Length)
            {
                throw new ArgumentException($"The column {name} has {source.Length} entries for a sequence of {piece.Example.TokenIds.Length} tokens.");
            }

            for (int i = 0; i < piece.Count; i++, row++)
            {
                int next = piece.Start + i + 1;
                values[row] = next < source.Length ? source[next] : 0;
            }
        }

        return values;
    }

    private static double[] Labels(List<SequencePiece> pieces) =>
        Present(pieces, columns => columns.SequenceLabel, nameof(TokenColumns.SequenceLabel))
            ? [.. pieces.Select(piece => piece.Example.Columns!.SequenceLabel is [double label]
                ? label
                : throw new ArgumentException($"A sequence has {piece.Example.Columns!.SequenceLabel.Length} labels; it needs one."))]
            : [];

    private static bool Present(List<SequencePiece> pieces, Func<TokenColumns, double[]> column, string name)
    {
        int with = pieces.Count(piece => piece.Example.Columns is { } columns && column(columns).Length > 0);
        return with == 0 || with == pieces.Count
            ? with > 0
            : throw new ArgumentException($"{with} of {pieces.Count} sequences have the column {name}; all or none must.");
    }
}
