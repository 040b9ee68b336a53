using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Agents.Numerics.Formats;

namespace Agents.Models.Decoder;

/// <summary>
/// Digest of one tensor in two levels, so that pieces can be hashed by several threads and by a loader on its way through the file: SHA-256 over name, sizes,
/// element type and the SHA-256 digests of pieces of rows, in checkpoint order. Which form the tensor has in memory makes no difference.
/// </summary>
internal static class TensorDigest
{
    /// <summary>Rows per piece start at multiples of this many rows, so that pieces are whole panels of every kernel.</summary>
    private const int RowGranule = 64;

    private const long PieceBytes = 1 << 20;

    /// <summary>Returns the rows of a piece; depends on the stored size of a row only.</summary>
    /// <param name="rowBytes">Bytes of a row.</param>
    public static int PieceRows(long rowBytes) => (int)Math.Max(RowGranule, PieceBytes / Math.Max(1, rowBytes) / RowGranule * RowGranule);

    /// <summary>Returns the number of pieces.</summary>
    /// <param name="rows">Rows of the tensor.</param>
    /// <param name="rowBytes">Bytes of a row.</param>
    public static int Pieces(int rows, long rowBytes) => (int)(((long)rows + PieceRows(rowBytes) - 1) / PieceRows(rowBytes));

    /// <summary>Joins the digests of all pieces.</summary>
    /// <param name="name">Hugging Face name.</param>
    /// <param name="rows">Rows of the tensor.</param>
    /// <param name="columns">Columns of the tensor.</param>
    /// <param name="type">Element type that products read.</param>
    /// <param name="pieces">Digests in order.</param>
    public static byte[] Join(string name, int rows, int columns, ElementType type, IEnumerable<byte[]> pieces)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name} {rows} {columns} {type} ")));
        foreach (byte[] piece in pieces)
        {
            hash.AppendData(piece);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Computes the digest of a tensor in memory.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="tensor">A tensor in any storage.</param>
    public static byte[] Compute<T>(WeightTensor<T> tensor)
        where T : unmanaged
    {
        long rowBytes = RowBytes(tensor);
        int pieceRows = PieceRows(rowBytes);
        var digests = new byte[Pieces(tensor.Rows, rowBytes)][];
        Parallel.For(0, digests.Length, piece =>
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var row = new byte[rowBytes];
            int end = (int)Math.Min(tensor.Rows, (piece + 1L) * pieceRows);
            for (int index = piece * pieceRows; index < end; index++)
            {
                hash.AppendData(Row(tensor, index, row));
            }

            digests[piece] = hash.GetHashAndReset();
        });
        return Join(tensor.Name, tensor.Rows, tensor.Columns, tensor.Type, digests);
    }

    private static unsafe long RowBytes<T>(WeightTensor<T> tensor)
        where T : unmanaged => tensor.Quantized?.RowBytes ?? (long)tensor.Columns * sizeof(T);

    private static unsafe ReadOnlySpan<byte> Row<T>(WeightTensor<T> tensor, int index, byte[] buffer)
        where T : unmanaged
    {
        if (tensor.IsDense)
        {
            return new ReadOnlySpan<byte>(tensor.View.Row(index), buffer.Length);
        }

        if (tensor.Quantized is { } quantized)
        {
            quantized.CopyRow(index, buffer);
        }
        else
        {
            tensor.Packed!.CopyRow(index, MemoryMarshal.Cast<byte, T>(buffer.AsSpan()));
        }

        return buffer;
    }
}
