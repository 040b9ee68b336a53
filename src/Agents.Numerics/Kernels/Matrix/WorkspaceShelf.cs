namespace Agents.Numerics.Kernels.Matrix;

/// <summary>Lends a workspace to each product in progress, so that callers on several threads share one kernels instance. Allocates only when more are in use than ever before.</summary>
internal sealed class WorkspaceShelf : IDisposable
{
    private const int Places = 16;
    private readonly MatrixWorkspace?[] _idle = new MatrixWorkspace?[Places];
    private volatile bool _disposed;

    /// <summary>Takes a workspace.</summary>
    /// <exception cref="ObjectDisposedException">The kernels are disposed.</exception>
    public MatrixWorkspace Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(SimdKernels));
        for (int place = 0; place < Places; place++)
        {
            if (_idle[place] != null && Interlocked.Exchange(ref _idle[place], null) is { } workspace)
            {
                return workspace;
            }
        }

        return new MatrixWorkspace();
    }

    /// <summary>Puts a workspace back.</summary>
    public void Return(MatrixWorkspace workspace)
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
