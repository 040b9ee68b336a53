using System.Runtime.Intrinsics;
using Agents.Numerics.Assembly;
using Agents.Numerics.Kernels;
using Agents.Numerics.Quantized.Gemm;
using Agents.Numerics.Quantized.Gemv;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Quantized;

/// <summary>
/// Products with quantized weights in vector instructions. One instance may serve several threads at a time; it allocates only while its workspaces grow.
/// Every instruction level, batch size and thread count gives the same bits.
/// </summary>
public sealed unsafe partial class SimdQuantizedKernels : IDisposable
{
    private const long CachedBytes = 1 << 20;

    private readonly ComputePool _pool;
    private readonly ComputeLane _lane;
    private readonly GemmShelf _workspaces = new();

    /// <summary>Creates kernels that run on a pool.</summary>
    /// <param name="pool">Threads; stays the caller's.</param>
    /// <param name="path">Instruction level.</param>
    /// <param name="lane">Lane of all runs.</param>
    /// <exception cref="ArgumentException">A forced path cannot run here; the message names what is missing.</exception>
    public SimdQuantizedKernels(ComputePool pool, QuantizedKernelPath path = QuantizedKernelPath.Auto, ComputeLane lane = ComputeLane.Foreground)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (MissingFeature(path) is { } feature)
        {
            throw new ArgumentException(
                $"The kernel path {path} needs {feature}, which this process does not have; use {nameof(QuantizedKernelPath)}.{nameof(QuantizedKernelPath.Auto)}.", nameof(path));
        }

        _pool = pool;
        _lane = lane;
        Path = path == QuantizedKernelPath.Auto ? FastestPath() : path;
    }

    /// <summary>Gets the instruction level in use; never <see cref="QuantizedKernelPath.Auto"/>.</summary>
    public QuantizedKernelPath Path { get; }

    /// <summary>Returns whether this process can run a path.</summary>
    /// <param name="path">Instruction level.</param>
    public static bool IsSupported(QuantizedKernelPath path) => MissingFeature(path) == null;

    /// <inheritdoc/>
    public void Multiply(QuantizedRows x, ReadOnlySpan<QuantizedProduct> products)
    {
        ProductShapes.Require(x, products);
        if (x.Rows == 0 || products.IsEmpty)
        {
            return;
        }

        ObjectDisposedException.ThrowIf(_workspaces.IsDisposed, this);
        if (x.Rows <= GemvDispatch.LargestBatch && !TilesServeFewRows(x.Rows, products))
        {
            GemvBody.Run(new LaneRunner(_pool, _lane), Path, x, products);
            return;
        }

        GemmWorkspace workspace = _workspaces.Rent();
        try
        {
            GemmProduct.Run(new LaneRunner(_pool, _lane), Path, x, products, workspace);
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _workspaces.Dispose();

    // Assembled tiles beat the row kernels from two rows on, and for one row while the weights come from a cache; from memory the row kernels read faster (measured).
    private bool TilesServeFewRows(int rows, ReadOnlySpan<QuantizedProduct> products)
    {
        if (Path != QuantizedKernelPath.Assembled || rows > 1)
        {
            return Path == QuantizedKernelPath.Assembled;
        }

        long bytes = 0;
        foreach (ref readonly QuantizedProduct product in products)
        {
            bytes += product.Weight.Bytes;
        }

        return bytes <= CachedBytes;
    }

    private static QuantizedKernelPath FastestPath()
    {
        if (IsSupported(QuantizedKernelPath.Assembled))
        {
            return QuantizedKernelPath.Assembled;
        }

        // A runtime told to prefer narrower vectors (processors that slow down under 512 bits) still lists AVX-512 as supported.
        if (IsSupported(QuantizedKernelPath.Avx512) && Vector512.IsHardwareAccelerated)
        {
            return QuantizedKernelPath.Avx512;
        }

        return IsSupported(QuantizedKernelPath.Avx2) ? QuantizedKernelPath.Avx2 : QuantizedKernelPath.Portable;
    }

    private static string? MissingFeature(QuantizedKernelPath path) => path switch
    {
        QuantizedKernelPath.Assembled => AssemblerSupport.Obstacle,
        QuantizedKernelPath.Avx512 => SimdKernels.MissingFeature(KernelPath.Avx512),
        QuantizedKernelPath.Avx2 => SimdKernels.MissingFeature(KernelPath.Avx2),
        QuantizedKernelPath.Auto or QuantizedKernelPath.Portable => null,
        _ => "an unknown instruction set",
    };
}
