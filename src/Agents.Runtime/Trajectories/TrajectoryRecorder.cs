using System.Threading.Channels;
using Agents.Evaluation.Verification;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Runtime.Trajectories;

/// <summary>
/// Writes finished requests to a <see cref="TrajectoryJournal"/> in the background. Answering never waits for the disk: a full queue leaves requests out, a disk that
/// cannot be written loses them; both are counted, and each trouble is reported once.
/// </summary>
public sealed class TrajectoryRecorder : IRequestObserver, IAsyncDisposable
{
    private readonly TrajectoryJournal _journal;
    private readonly TrajectoryRecorderOptions _options;
    private readonly TrajectoryBuilder _builder;
    private readonly ILogger _logger;
    private readonly Channel<Entry> _queue;
    private readonly Task _writing;
    private long _written;
    private long _leftOut;
    private long _failed;
    private long _bytes;
    private bool _troubled;

    /// <summary>Opens a folder and starts to record.</summary>
    /// <param name="folder">The folder; created when it is missing.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="answers">How answers are found in texts; null for the default.</param>
    /// <param name="logging">The log; null for none.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public TrajectoryRecorder(string folder, TrajectoryRecorderOptions? options = null, AnswerFormat? answers = null, ILoggerFactory? logging = null)
    {
        _options = options ?? new TrajectoryRecorderOptions();
        _options.Validate();
        _builder = new TrajectoryBuilder(answers ?? AnswerFormat.Default);
        _logger = (logging ?? NullLoggerFactory.Instance).CreateLogger("Agents.Trajectories");
        _journal = new TrajectoryJournal(folder, _options.MaximumFileBytes);
        if (_journal.TornBytes > 0)
        {
            _logger.LogWarning("The last line of {File} was cut off by a crash; its {Bytes} bytes were removed.", _journal.File, _journal.TornBytes);
        }

        _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(_options.Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Gets the counts so far.</summary>
    public TrajectoryRecorderCounts Counts => new(Interlocked.Read(ref _written), Interlocked.Read(ref _leftOut), Interlocked.Read(ref _failed), Interlocked.Read(ref _bytes));

    /// <inheritdoc/>
    public ValueTask FinishedAsync(FinishedRequest finished, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(finished);
        if (_options.WaitForRoom)
        {
            return _queue.Writer.WriteAsync(new Entry(finished, null), cancellationToken);
        }

        if (!_queue.Writer.TryWrite(new Entry(finished, null)) && Interlocked.Increment(ref _leftOut) == 1)
        {
            _logger.LogWarning("Requests end faster than they can be recorded; some are left out. Raise the capacity of {Capacity}, or record to a faster disk.", _options.Capacity);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Returns when everything that ended before is on disk, or was given up.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        TaskCompletionSource flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new Entry(null, flushed), cancellationToken).ConfigureAwait(false);
        await flushed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what is waiting and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
        _journal.Dispose();
    }

    private async Task WriteAllAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_queue.Reader.TryRead(out Entry entry))
            {
                if (entry.Finished is { } finished)
                {
                    await WriteAsync(finished).ConfigureAwait(false);
                }

                if (entry.Flushed is { } flushed)
                {
                    Try(_journal.Flush, lost: 0);
                    flushed.SetResult();
                }
            }

            // The queue is empty: nobody waits for this.
            Try(_journal.Flush, lost: 0);
        }
    }

    private async Task WriteAsync(FinishedRequest finished)
    {
        try
        {
            Trajectory trajectory = await _builder.BuildAsync(finished).ConfigureAwait(false);
            byte[] line = TrajectoryFormat.Write(_options.Redact is { } redact ? TrajectoryRedaction.Apply(trajectory, redact) : trajectory);
            if (Try(() => _journal.Append(line), lost: 1))
            {
                Interlocked.Increment(ref _written);
                Interlocked.Add(ref _bytes, line.Length);
            }
        }
        catch (Exception error)
        {
            // A judge or a redaction of the host's that throws must not end the recording of all other requests.
            Report(error, lost: 1);
        }
    }

    private bool Try(Action write, int lost)
    {
        try
        {
            write();
            if (lost > 0 && _troubled)
            {
                _troubled = false;
                _logger.LogWarning("Recording goes on; {Failed} requests were lost.", _failed);
            }

            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Report(error, lost);
            return false;
        }
    }

    private void Report(Exception error, int lost)
    {
        Interlocked.Add(ref _failed, lost);
        if (!_troubled)
        {
            _troubled = true;
            _logger.LogError(error, "Requests cannot be recorded in {File}; answering goes on without. This is reported once.", _journal.File);
        }
    }

    private readonly record struct Entry(FinishedRequest? Finished, TaskCompletionSource? Flushed);
}
