using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Tests.Kernels.Matrix;

/// <summary>Which of the four products a test calls. The operands are stored as each one wants them; the result must be the same.</summary>
public enum ProductKind
{
    MultiplyTransposed,
    Multiply,
    TransposedMultiply,
    MultiplyPacked,
}

/// <summary>Operands of one product in strided memory with sentinels between the rows, and the oracle: scalar fused multiply-adds in ascending k.</summary>
internal sealed unsafe class MatrixCase : IDisposable
{
    private const float Sentinel = -12345.5f;
    private readonly List<AlignedBuffer<float>> _buffers = [];
    private readonly int _padding;

    public MatrixCase(int m, int n, int k, int padding, uint seed)
    {
        (M, N, K, _padding) = (m, n, k, padding);
        A = Store(m, k);
        B = Store(n, k);
        Initial = Store(m, n);
        Bias = Store(1, n);
        uint state = seed + 1;
        foreach (MatrixView<float> matrix in new[] { A, B, Initial, Bias })
        {
            for (int r = 0; r < matrix.Rows; r++)
            {
                for (int c = 0; c < matrix.Columns; c++)
                {
                    state = (state * 1664525) + 1013904223;
                    matrix.Row(r)[c] = ((state >> 8) / (float)(1 << 23)) - 1;
                }
            }
        }

        ATransposed = Turn(A);
        BTransposed = Turn(B);
    }

    public int M { get; }

    public int N { get; }

    public int K { get; }

    public MatrixView<float> A { get; }

    public MatrixView<float> ATransposed { get; }

    public MatrixView<float> B { get; }

    public MatrixView<float> BTransposed { get; }

    public MatrixView<float> Initial { get; }

    public MatrixView<float> Bias { get; }

    /// <summary>The exact expected value of one output.</summary>
    public float Expected(int row, int column, bool accumulate, bool bias)
    {
        float sum = accumulate ? Initial.Row(row)[column] : 0;
        float* a = A.Row(row);
        float* b = B.Row(column);
        for (int k = 0; k < K; k++)
        {
            sum = MathF.FusedMultiplyAdd(a[k], b[k], sum);
        }

        return bias ? sum + Bias.Data[column] : sum;
    }

    /// <summary>Computes the product into fresh memory that starts with <see cref="Initial"/>.</summary>
    public MatrixView<float> Compute(SimdKernels kernels, ProductKind kind, bool accumulate, bool bias = false)
    {
        MatrixView<float> c = Store(M, N);
        for (int r = 0; r < M; r++)
        {
            new Span<float>(Initial.Row(r), N).CopyTo(new Span<float>(c.Row(r), N));
        }

        switch (kind)
        {
            case ProductKind.MultiplyTransposed:
                kernels.MultiplyTransposed(A, B, c, accumulate);
                break;
            case ProductKind.Multiply:
                kernels.Multiply(A, BTransposed, c, accumulate);
                break;
            case ProductKind.TransposedMultiply:
                kernels.TransposedMultiply(ATransposed, BTransposed, c, accumulate);
                break;
            default:
                using (PackedMatrix<float> packed = kernels.Pack(B))
                {
                    kernels.MultiplyPacked(A, packed, bias ? Bias.Data : null, c);
                }

                break;
        }

        return c;
    }

    /// <summary>Fails on the first wrong bit, inside or between the rows.</summary>
    public void AssertExact(float[] expected, MatrixView<float> c, string label)
    {
        for (int r = 0; r < c.Rows; r++)
        {
            Span<float> row = new(c.Row(r), c.Columns);
            if (!row.SequenceEqual(expected.AsSpan(r * N, N)))
            {
                int at = row.CommonPrefixLength(expected.AsSpan(r * N, N));
                Assert.Fail($"{label} [{M}, {N}, {K}]: element ({r}, {at}) is {row[at]:R}, expected {expected[(r * N) + at]:R}.");
            }

            if (new Span<float>(c.Row(r) + c.Columns, _padding).ContainsAnyExcept(Sentinel))
            {
                Assert.Fail($"{label} [{M}, {N}, {K}]: written beyond row {r}.");
            }
        }
    }

    public float[] ExpectedAll(bool accumulate, bool bias)
    {
        float[] all = new float[M * N];
        for (int r = 0; r < M; r++)
        {
            for (int c = 0; c < N; c++)
            {
                all[(r * N) + c] = Expected(r, c, accumulate, bias);
            }
        }

        return all;
    }

    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());

    private MatrixView<float> Store(int rows, int columns)
    {
        int stride = columns + _padding;
        AlignedBuffer<float> buffer = new((long)rows * stride);
        _buffers.Add(buffer);
        buffer.Span.Fill(Sentinel);
        return new MatrixView<float>(buffer.Data, rows, columns, stride);
    }

    private MatrixView<float> Turn(MatrixView<float> source)
    {
        MatrixView<float> target = Store(source.Columns, source.Rows);
        for (int r = 0; r < source.Rows; r++)
        {
            for (int c = 0; c < source.Columns; c++)
            {
                target.Row(c)[r] = source.Row(r)[c];
            }
        }

        return target;
    }
}
