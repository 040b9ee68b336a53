namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Lends a workspace to each group of products in progress, so that callers on several threads share one kernels instance. Allocates only when more are in use than ever before.</summary>
internal sealed class GemmShelf : IDisposable
{
    private const int Places = 16;
    private readonly GemmWorkspace?[] _idle = new GemmWorkspace?[Places];
    private volatile bool _disposed;

    /// <summary>Gets a value indicating whether nothing can be rented any more.</summary>
    public bool IsDisposed => _disposed;

    /// <summary>Takes a workspace.</summary>
    /// <exception cref="ObjectDisposedException">The kernels are disposed.</exception>
    public GemmWorkspace Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(SimdQuantizedKernels));
        for (int place = 0; place < Places; place++)
        {
            if (_idle[place] != null && Interlocked.Exchange(ref _idle[place], null) is { } workspace)
            {
                return workspace;
            }
        }

        return new GemmWorkspace();
    }

    /// <summary>Puts a workspace back.</summary>
    /// <param name="workspace">What was rented.</param>
    public void Return(GemmWorkspace workspace)
    {
        for (int place = 0; place < Places && !_disposed; place++)
        {
            if (_idle[place] == null && Interlocked.CompareExchange(ref _idle[place], workspace, null) == null)
            {
                return;
            }
        }

        workspace.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        for (int place = 0; place < Places; place++)
        {
            Interlocked.Exchange(ref _idle[place], null)?.Dispose();
        }
    }
}
