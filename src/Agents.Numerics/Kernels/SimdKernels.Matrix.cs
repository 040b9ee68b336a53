using System.Runtime.Intrinsics;
using Agents.Numerics.Kernels.Matrix;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Kernels;

public sealed unsafe partial class SimdKernels : IMatrixKernels<float>
{
    private readonly WorkspaceShelf _workspaces = new();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public void MultiplyTransposed(MatrixView<float> a, MatrixView<float> b, MatrixView<float> c, bool accumulate)
    {
        RequireShape(a.Columns == b.Columns && c.Rows == a.Rows && c.Columns == b.Rows, a, b.Rows, b.Columns, c);
        Multiply(new ProductPlan { A = a, B = b, C = c, Accumulate = accumulate, Depth = a.Columns });
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public void Multiply(MatrixView<float> a, MatrixView<float> b, MatrixView<float> c, bool accumulate)
    {
        RequireShape(a.Columns == b.Rows && c.Rows == a.Rows && c.Columns == b.Columns, a, b.Rows, b.Columns, c);
        Multiply(new ProductPlan { A = a, B = b, BByColumns = true, C = c, Accumulate = accumulate, Depth = a.Columns });
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public void TransposedMultiply(MatrixView<float> a, MatrixView<float> b, MatrixView<float> c, bool accumulate)
    {
        RequireShape(a.Rows == b.Rows && c.Rows == a.Columns && c.Columns == b.Columns, a, b.Rows, b.Columns, c);
        Multiply(new ProductPlan { A = a, AByColumns = true, B = b, BByColumns = true, C = c, Accumulate = accumulate, Depth = a.Rows });
    }

    /// <inheritdoc/>
    public PackedMatrix<float> Pack(MatrixView<float> weight)
    {
        PackedMatrix<float> packed = AllocatePacked(weight.Rows, weight.Columns);
        Repack(weight, packed);
        return packed;
    }

    /// <inheritdoc/>
    public PackedMatrix<float> AllocatePacked(int outputs, int inputs)
    {
        long length = checked((long)PanelLayout.Panels(outputs) * PanelLayout.Width * inputs);
        return new PackedMatrix<float>(outputs, inputs, PanelLayout.Width, new AlignedBuffer<float>(length, clear: false));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The piece does not fit, or the matrix was allocated by other kernels.</exception>
    public void PackRows(MatrixView<float> rows, int first, PackedMatrix<float> packed)
    {
        ArgumentNullException.ThrowIfNull(packed);
        RequireLayout(packed);
        packed.RequirePiece(rows.Rows, rows.Columns, first);
        PackPanels(rows, packed.Panels.Data + ((long)first * packed.Inputs));
        GC.KeepAlive(packed);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The packed matrix has another shape or layout.</exception>
    public void Repack(MatrixView<float> weight, PackedMatrix<float> packed)
    {
        ArgumentNullException.ThrowIfNull(packed);
        RequireLayout(packed);
        if (weight.Rows != packed.Outputs || weight.Columns != packed.Inputs)
        {
            throw new ArgumentException($"The weight is [{weight.Rows}, {weight.Columns}], the packed matrix [{packed.Outputs}, {packed.Inputs}].", nameof(packed));
        }

        PackPanels(weight, packed.Panels.Data);
        GC.KeepAlive(packed);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes do not fit together, or the weight was packed by other kernels.</exception>
    public void MultiplyPacked(MatrixView<float> a, PackedMatrix<float> weight, float* bias, MatrixView<float> c)
    {
        ArgumentNullException.ThrowIfNull(weight);
        RequireLayout(weight);
        RequireShape(a.Columns == weight.Inputs && c.Rows == a.Rows && c.Columns == weight.Outputs, a, weight.Outputs, weight.Inputs, c);
        Multiply(new ProductPlan { A = a, C = c, Packed = weight.Panels.Data, Bias = bias, Depth = a.Columns });

        // The plan holds the address only; without this the memory might be freed as unreachable during the product.
        GC.KeepAlive(weight);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes do not fit together, or the weight was packed by other kernels.</exception>
    public bool TryMultiplyByPacked(MatrixView<float> a, PackedMatrix<float> weight, MatrixView<float> c, bool accumulate)
    {
        ArgumentNullException.ThrowIfNull(weight);
        RequireLayout(weight);
        RequireShape(a.Columns == weight.Outputs && c.Rows == a.Rows && c.Columns == weight.Inputs, a, weight.Outputs, weight.Inputs, c);
        Multiply(new ProductPlan { A = a, C = c, Turned = weight.Panels.Data, Accumulate = accumulate, Depth = a.Columns });
        GC.KeepAlive(weight);
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public bool TryMultiplyByStored(MatrixView<float> a, QuantizedMatrix weight, MatrixView<float> c, bool accumulate)
    {
        ArgumentNullException.ThrowIfNull(weight);
        RequireShape(a.Columns == weight.Rows && c.Rows == a.Rows && c.Columns == weight.Columns, a, weight.Rows, weight.Columns, c);
        if (!StoredPanels.Supports(weight.Type))
        {
            return false;
        }

        Multiply(new ProductPlan { A = a, C = c, Stored = weight, Accumulate = accumulate, Depth = a.Columns });
        return true;
    }

    // Elements per chunk of packing: some 20 µs.
    private const int RepackChunk = 1 << 16;

    private void PackPanels(MatrixView<float> weight, float* panels)
    {
        if (weight.Rows == 0 || weight.Columns == 0)
        {
            return;
        }

        PackBody body = new()
        {
            Plan = new ProductPlan { B = weight },
            Columns = weight.Rows,
            Depth = weight.Columns,
            Panels = panels,
            PanelCount = PanelLayout.Panels(weight.Rows),
            UnitsPerChunk = Math.Max(1, RepackChunk / PanelLayout.Width / weight.Columns),
        };
        Run(ref body, (body.PanelCount + body.UnitsPerChunk - 1) / body.UnitsPerChunk);
    }

    private static void RequireLayout(PackedMatrix<float> packed)
    {
        if (packed.PanelWidth != PanelLayout.Width)
        {
            throw new ArgumentException(
                $"The matrix is packed in panels of {packed.PanelWidth}; these kernels use {PanelLayout.Width}. Pack it with the kernels that multiply it.", nameof(packed));
        }
    }

    private static void RequireShape(bool fits, MatrixView<float> a, int bRows, int bColumns, MatrixView<float> c)
    {
        if (!fits)
        {
            throw new ArgumentException($"The shapes do not fit together: a [{a.Rows}, {a.Columns}], b [{bRows}, {bColumns}], c [{c.Rows}, {c.Columns}].");
        }
    }

    private void Multiply(in ProductPlan plan)
    {
        if (plan.C.Rows == 0 || plan.C.Columns == 0)
        {
            return;
        }

        if (plan.Depth == 0)
        {
            FinishEmptyChains(plan);
            return;
        }

        LaneRunner runner = new(_pool, _lane);
        MatrixWorkspace workspace = _workspaces.Rent();
        try
        {
            switch (Path)
            {
                case KernelPath.Avx512:
                    MatrixProduct<Avx512Math, Vector512<float>>.Run(runner, plan, workspace);
                    break;
                case KernelPath.Avx2:
                    MatrixProduct<Avx2Math, Vector256<float>>.Run(runner, plan, workspace);
                    break;
                default:
                    MatrixProduct<PortableMath, Vector128<float>>.Run(runner, plan, workspace);
                    break;
            }
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    // Chains without links: 0 or what was there, then the bias.
    private static void FinishEmptyChains(in ProductPlan plan)
    {
        for (int row = 0; row < plan.C.Rows; row++)
        {
            Span<float> target = new(plan.C.Row(row), plan.C.Columns);
            if (!plan.Accumulate)
            {
                target.Clear();
            }

            if (plan.Bias != null)
            {
                for (int column = 0; column < target.Length; column++)
                {
                    target[column] += plan.Bias[column];
                }
            }
        }
    }
}
