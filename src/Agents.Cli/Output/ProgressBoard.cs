using System.Globalization;
using Spectre.Console;

namespace Agents.Cli.Output;

/// <summary>Shows how far long work is: a bar on terminals, otherwise a plain line now and then. Always on standard error.</summary>
internal sealed class ProgressBoard
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);
    private readonly CommandConsole _console;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private ProgressTask? _bar;
    private string _title = "";
    private long _lastLine;

    private ProgressBoard(CommandConsole console, TimeProvider time)
    {
        _console = console;
        _time = time;
    }

    /// <summary>Runs work that reports to a board.</summary>
    /// <typeparam name="T">Its result.</typeparam>
    /// <param name="console">The console.</param>
    /// <param name="time">Clock of the plain lines.</param>
    /// <param name="work">The work.</param>
    public static async Task<T> RunAsync<T>(CommandConsole console, TimeProvider time, Func<ProgressBoard, Task<T>> work)
    {
        ProgressBoard board = new(console, time);
        if (!console.ShowsProgress)
        {
            return await work(board).ConfigureAwait(false);
        }

        return await console.Notes.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                board._bar = context.AddTask("starting");
                return await work(board).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    /// <summary>Begins a part of the work.</summary>
    /// <param name="title">What it is.</param>
    /// <param name="total">Number of units.</param>
    public void Begin(string title, long total)
    {
        lock (_gate)
        {
            _title = title;
            _lastLine = _time.GetTimestamp();
            if (_bar is not null)
            {
                _bar.Description = Markup.Escape(title);
                _bar.MaxValue = Math.Max(1, total);
                _bar.Value = 0;
            }
        }
    }

    /// <summary>Reports progress. May be called from any thread.</summary>
    /// <param name="done">Units done.</param>
    /// <param name="total">Number of units.</param>
    /// <param name="detail">Figures to show; null for none.</param>
    public void Report(long done, long total, string? detail = null)
    {
        lock (_gate)
        {
            if (_bar is not null)
            {
                _bar.MaxValue = Math.Max(1, total);
                _bar.Value = done;
                _bar.Description = Markup.Escape(detail is null ? _title : _title + "  " + detail);
                return;
            }

            if (done < total && _time.GetElapsedTime(_lastLine) < LineInterval)
            {
                return;
            }

            _lastLine = _time.GetTimestamp();
            _console.Note(string.Create(CultureInfo.InvariantCulture, $"{_title}: {done}/{total}{(detail is null ? "" : "  " + detail)}"));
        }
    }
}
