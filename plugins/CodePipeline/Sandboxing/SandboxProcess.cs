using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace Agents.Plugins.CodePipeline.Sandboxing;

/// <summary>A process in a sandbox, spoken to in lines. What it writes is data of limited length. Disposing kills it and everything that it started.</summary>
internal sealed class SandboxProcess : IAsyncDisposable
{
    /// <summary>Most bytes that are read from the process in all.</summary>
    public const int MaximumOutput = 4 << 20;

    private const int MaximumErrors = 2000;
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly ArrayBufferWriter<byte> _pending = new(4096);
    private int _at;
    private int _total;

    /// <summary>Starts the process.</summary>
    /// <param name="start">Unshare with all its arguments.</param>
    public SandboxProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start) ?? throw new InvalidOperationException("A process that is not started by the shell is always a new one.");
        _errors = ReadErrorsAsync(_process.StandardError.BaseStream);
    }

    /// <summary>Gets the id of the outermost process.</summary>
    public int Id => _process.Id;

    /// <summary>Gets whether it has ended by itself.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Returns whether the output ended because the process did, and not because it was too long.</summary>
    /// <param name="cancellationToken">Stops the wait for the end.</param>
    public async Task<bool> HasEndedAsync(CancellationToken cancellationToken)
    {
        if (_total > MaximumOutput)
        {
            return false;
        }

        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Sends a text and closes the input.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Stops the sending.</param>
    public async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            await _process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
            CloseInput();
        }
        catch (IOException)
        {
            // It ended before it read everything; that it gives no answer will be noticed.
        }
    }

    /// <summary>Closes the input.</summary>
    public void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Nobody reads any more.
        }
    }

    /// <summary>Reads the next line.</summary>
    /// <param name="cancellationToken">Stops the reading; the process must be given up then.</param>
    /// <returns>The line without its end; null when the output ended or became longer than <see cref="MaximumOutput"/>.</returns>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        Stream output = _process.StandardOutput.BaseStream;
        while (true)
        {
            int end = _pending.WrittenSpan[_at..].IndexOf((byte)'\n');
            if (end >= 0)
            {
                string line = Encoding.UTF8.GetString(_pending.WrittenSpan.Slice(_at, end));
                _at += end + 1;
                return line;
            }

            int read = await output.ReadAsync(_pending.GetMemory(4096), cancellationToken).ConfigureAwait(false);
            _total += read;
            if (read == 0 || _total > MaximumOutput)
            {
                return null;
            }

            _pending.Advance(read);
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <param name="limit">How long.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The exit code; null when it still runs.</returns>
    public async Task<int?> WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(limit);
        try
        {
            await _process.WaitForExitAsync(waiting.Token).ConfigureAwait(false);
            return _process.ExitCode;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Returns the beginning of what was written to standard error; waits until that is closed.</summary>
    public Task<string> ErrorsAsync() => _errors;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // The process namespace dies with its first process, which the kernel kills together with unshare.
            _process.Kill();
        }

        await WaitAsync(KillPatience, CancellationToken.None).ConfigureAwait(false);
        await Task.WhenAny(_errors, Task.Delay(KillPatience, CancellationToken.None)).ConfigureAwait(false);
        _process.Dispose();
    }

    // Drained to the end, so that a talkative process never waits for us, but only the beginning is kept.
    private static async Task<string> ReadErrorsAsync(Stream stream)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
            {
                if (text.Length < MaximumErrors)
                {
                    text.Append(Encoding.UTF8.GetString(buffer, 0, read));
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The pipe broke with the process.
        }

        return text.ToString(0, Math.Min(text.Length, MaximumErrors)).Trim();
    }
}
