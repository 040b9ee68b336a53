using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Kernels;

/// <summary>Vector kernels of one path on a pool of their own.</summary>
internal sealed class VectorKernels : IDisposable
{
    private readonly ComputePool _pool;

    public VectorKernels(KernelPath path, int threads = 1)
    {
        Assert.SkipUnless(SimdKernels.IsSupported(path), $"This machine does not support the kernel path {path}.");
        _pool = new ComputePool(new ComputePoolOptions { Threads = threads });
        Kernels = new SimdKernels(_pool, path);
    }

    /// <summary>Gets every path and thread count whose results must have the bits of one portable thread.</summary>
    public static TheoryData<KernelPath, int> Variants => new()
    {
        { KernelPath.Portable, 2 },
        { KernelPath.Avx2, 1 },
        { KernelPath.Avx2, 3 },
        { KernelPath.Avx512, 1 },
        { KernelPath.Avx512, 2 },
        { KernelPath.Avx512, 3 },
    };

    public static TheoryData<KernelPath> Paths => [KernelPath.Portable, KernelPath.Avx2, KernelPath.Avx512];

    public SimdKernels Kernels { get; }

    public void Dispose()
    {
        Kernels.Dispose();
        _pool.Dispose();
    }
}
