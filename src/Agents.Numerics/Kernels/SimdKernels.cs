using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Quantized;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Kernels;

/// <summary>
/// All kernels in vector instructions, for float. One instance may serve several threads at a time; it allocates only while its workspaces grow.
/// Every instruction level and thread count gives the same bits.
/// </summary>
public sealed unsafe partial class SimdKernels : IKernels<float>, IDisposable
{
    private readonly ComputePool _pool;
    private readonly ComputeLane _lane;
    private readonly SimdQuantizedKernels _quantized;

    /// <summary>Creates kernels that run on a pool.</summary>
    /// <param name="pool">Threads; stays the caller's.</param>
    /// <param name="path">Instruction level.</param>
    /// <param name="lane">Lane of all runs.</param>
    /// <exception cref="ArgumentException">This processor lacks an instruction set of a forced path; the message names it.</exception>
    public SimdKernels(ComputePool pool, KernelPath path = KernelPath.Auto, ComputeLane lane = ComputeLane.Foreground)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (MissingFeature(path) is { } feature)
        {
            throw new ArgumentException(
                $"The kernel path {path} needs {feature}, which this processor or runtime configuration does not offer; use {nameof(KernelPath)}.{nameof(KernelPath.Auto)}.",
                nameof(path));
        }

        _pool = pool;
        _lane = lane;
        Path = path == KernelPath.Auto ? FastestPath() : path;
        _quantized = new SimdQuantizedKernels(pool, QuantizedPath(path), lane);
    }

    /// <summary>Gets the instruction level in use; never <see cref="KernelPath.Auto"/>.</summary>
    public KernelPath Path { get; }

    /// <summary>Gets the threads and the lane of all runs, for work that belongs between kernels.</summary>
    public LaneRunner Threads => new(_pool, _lane);

    /// <inheritdoc/>
    public IQuantizedKernels Quantized => _quantized;

    /// <summary>Returns whether this machine can run a path.</summary>
    /// <param name="path">Instruction level.</param>
    public static bool IsSupported(KernelPath path) => MissingFeature(path) == null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _workspaces.Dispose();
        _quantized.Dispose();
    }

    // Assembled kernels are a choice of their own, which belongs to the automatic path.
    private static QuantizedKernelPath QuantizedPath(KernelPath path) => path switch
    {
        KernelPath.Auto => QuantizedKernelPath.Auto,
        KernelPath.Avx512 => QuantizedKernelPath.Avx512,
        KernelPath.Avx2 => QuantizedKernelPath.Avx2,
        _ => QuantizedKernelPath.Portable,
    };

    private static KernelPath FastestPath()
    {
        // A runtime told to prefer narrower vectors (processors that slow down under 512 bits) still lists AVX-512 as supported.
        if (IsSupported(KernelPath.Avx512) && Vector512.IsHardwareAccelerated)
        {
            return KernelPath.Avx512;
        }

        return IsSupported(KernelPath.Avx2) ? KernelPath.Avx2 : KernelPath.Portable;
    }

    internal static string? MissingFeature(KernelPath path) => path switch
    {
        KernelPath.Auto or KernelPath.Portable => null,
        KernelPath.Avx2 => !Avx2.IsSupported ? "AVX2" : !Fma.IsSupported ? "FMA" : null,
        KernelPath.Avx512 =>
            !Avx512F.IsSupported ? "AVX-512 F"
            : !Avx512F.VL.IsSupported ? "AVX-512 VL"
            : !Avx512BW.IsSupported ? "AVX-512 BW"
            : !Avx512DQ.IsSupported ? "AVX-512 DQ"
            : null,
        _ => "an unknown instruction set",
    };

    private void Run<TBody>(ref TBody body, int chunks)
        where TBody : struct, IComputeBody => _pool.Run(_lane, ref body, chunks);
}
