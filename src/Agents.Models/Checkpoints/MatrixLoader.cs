using System.Security.Cryptography;
using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;

namespace Agents.Models.Checkpoints;

/// <summary>
/// Brings the matrices of a file into the forms that the kernels read, straight from the mapped bytes, piece by piece on all threads: stored blocks are
/// interleaved, single precision is packed. Each byte is read once; it is hashed while it is in the cache, and the pages of the file are given back.
/// </summary>
internal sealed unsafe class MatrixLoader
{
    private readonly IKernels<float> _kernels;
    private readonly List<Piece> _pieces = [];
    private readonly List<(WeightTensor<float> Tensor, byte[][] Digests)> _tensors = [];

    /// <summary>Creates a loader.</summary>
    /// <param name="kernels">Kernels that will read the matrices.</param>
    public MatrixLoader(IKernels<float> kernels) => _kernels = kernels;

    /// <summary>Returns whether matrices of a type can be kept as they are.</summary>
    /// <param name="type">Element type.</param>
    public static bool Keeps(ElementType type) => type == ElementType.F32 || PanelFormat.TryGet(type, out _);

    /// <summary>Allocates the memory of a matrix and puts its pieces on the list.</summary>
    /// <param name="source">Bytes in the file; rows are whole blocks.</param>
    /// <param name="target">A matrix without elements.</param>
    /// <param name="headSize">Rows per head when the file has the row order of architecture llama; 0 otherwise.</param>
    public void Add(StoredTensor source, WeightTensor<float> target, int headSize)
    {
        if (source.Type == ElementType.F32)
        {
            target.Packed = _kernels.AllocatePacked(target.Rows, target.Columns);
        }
        else
        {
            target.Quantized = new QuantizedMatrix(source.Type, target.Rows, target.Columns, clear: false);
        }

        int pieceRows = TensorDigest.PieceRows(source.RowBytes);
        var digests = new byte[TensorDigest.Pieces(target.Rows, source.RowBytes)][];
        _tensors.Add((target, digests));
        for (int index = 0; index < digests.Length; index++)
        {
            int first = index * pieceRows;
            _pieces.Add(new Piece(source, target, headSize, first, Math.Min(pieceRows, target.Rows - first), digests, index));
        }
    }

    /// <summary>Does all pieces.</summary>
    /// <param name="cancellationToken">Honoured between pieces.</param>
    public void Run(CancellationToken cancellationToken)
    {
        ParallelOptions options = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, _pieces.Count, options, index => Load(_pieces[index]));
        foreach ((WeightTensor<float> tensor, byte[][] digests) in _tensors)
        {
            tensor.Digest = TensorDigest.Join(tensor.Name, tensor.Rows, tensor.Columns, tensor.Type, digests);
        }
    }

    private void Load(Piece piece)
    {
        // Heads are permuted as wholes, so a piece reads rows of the heads that it touches, which may lie a little outside of it.
        var rows = new byte*[piece.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            int row = piece.First + i;
            rows[i] = piece.Source.Rows(piece.HeadSize == 0 ? row : LlamaRowPermutation.FileRow(row, piece.HeadSize), 1);
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        fixed (byte** at = rows)
        {
            if (piece.Target.Quantized is { } matrix)
            {
                Interleave(piece, matrix, at, hash);
            }
            else
            {
                Pack(piece, at, hash);
            }
        }

        piece.Digests[piece.Index] = hash.GetHashAndReset();
        piece.Source.Release(piece.First, piece.Count);
    }

    private static void Interleave(Piece piece, QuantizedMatrix matrix, byte** rows, IncrementalHash hash)
    {
        for (int first = 0; first < piece.Count; first += PanelFormat.Rows)
        {
            matrix.SetPanel((piece.First + first) / PanelFormat.Rows, rows + first);
            Hash(piece, rows, first, Math.Min(PanelFormat.Rows, piece.Count - first), hash);
        }
    }

    private void Pack(Piece piece, byte** rows, IncrementalHash hash)
    {
        int columns = piece.Target.Columns;
        using AlignedBuffer<float> staged = new((long)PackedMatrix<float>.PieceRows * columns, clear: false);
        for (int first = 0; first < piece.Count; first += PackedMatrix<float>.PieceRows)
        {
            int count = Math.Min(PackedMatrix<float>.PieceRows, piece.Count - first);
            for (int row = 0; row < count; row++)
            {
                // Copied first: rows of a file may be permuted, and need not start at multiples of four bytes.
                Buffer.MemoryCopy(rows[first + row], staged.Data + ((long)row * columns), columns * (long)sizeof(float), columns * (long)sizeof(float));
            }

            _kernels.PackRows(new MatrixView<float>(staged.Data, count, columns), piece.First + first, piece.Target.Packed!);
            Hash(piece, rows, first, count, hash);
        }
    }

    private static void Hash(Piece piece, byte** rows, int first, int count, IncrementalHash hash)
    {
        for (int row = first; row < first + count; row++)
        {
            hash.AppendData(new ReadOnlySpan<byte>(rows[row], (int)piece.Source.RowBytes));
        }
    }

    private sealed record Piece(StoredTensor Source, WeightTensor<float> Target, int HeadSize, int First, int Count, byte[][] Digests, int Index);
}
