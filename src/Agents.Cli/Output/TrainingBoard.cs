using System.Globalization;
using Agents.Training.Progress;

namespace Agents.Cli.Output;

/// <summary>
/// Shows a training run on standard error: curves that move on a terminal, otherwise a plain line now and then (redirected, <c>--json</c>, <c>--verbose</c>,
/// <c>NO_COLOR</c>, a dumb terminal). Warnings of guards get a line of their own when they begin.
/// </summary>
internal sealed class TrainingBoard
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(100);
    private readonly CommandConsole _console;
    private readonly TimeProvider _time;
    private readonly TrainingScreen _screen;
    private readonly LiveFrames? _frames;
    private readonly bool _unicode;
    private readonly Lock _gate = new();
    private long _shownAt;
    private bool _warned;

    /// <summary>Creates a board.</summary>
    /// <param name="console">Where to write.</param>
    /// <param name="time">Clock of frames and lines.</param>
    /// <param name="title">Name of the run.</param>
    /// <param name="size">Size of the terminal; null where nothing can be drawn.</param>
    /// <param name="unicode">Whether the terminal can show block elements.</param>
    public TrainingBoard(CommandConsole console, TimeProvider time, string title, Func<(int Columns, int Rows)>? size, bool unicode = true)
    {
        _console = console;
        _time = time;
        _screen = new TrainingScreen(title, time);
        _frames = size is null ? null : new LiveFrames(console.Error, size);
        _unicode = unicode;
        _shownAt = time.GetTimestamp();
    }

    /// <summary>Creates the board that suits where standard error goes.</summary>
    /// <param name="console">Where to write.</param>
    /// <param name="time">Clock.</param>
    /// <param name="title">Name of the run.</param>
    public static TrainingBoard For(CommandConsole console, TimeProvider time, string title)
    {
        bool draws = console.ShowsProgress && !console.Verbose && CanDraw(Environment.GetEnvironmentVariable("TERM"), Environment.GetEnvironmentVariable("NO_COLOR"));
        return new TrainingBoard(console, time, title, draws ? Size : null, Console.OutputEncoding.CodePage is 65001 or 1200 or 1201);
    }

    /// <summary>Returns whether a terminal that calls itself so understands cursor movements, and whether the user wants them.</summary>
    /// <param name="terminal">The variable <c>TERM</c>; null where systems do not set it (Windows).</param>
    /// <param name="noColor">The variable <c>NO_COLOR</c>.</param>
    internal static bool CanDraw(string? terminal, string? noColor) =>
        string.IsNullOrEmpty(noColor) && (terminal is null ? OperatingSystem.IsWindows() : terminal is not ("" or "dumb"));

    /// <summary>Takes a step in. May be called from any thread.</summary>
    /// <param name="stage">Name of the stage; empty for runs of one stage.</param>
    /// <param name="report">The step.</param>
    public void Report(string stage, IStepReport report)
    {
        lock (_gate)
        {
            bool newStage = stage != _screen.Stage;
            _screen.Add(stage, report);
            bool last = report.Step == report.Steps;
            bool warns = !report.Warnings.IsDefaultOrEmpty;
            if (_frames is not null)
            {
                if (last || _time.GetElapsedTime(_shownAt) >= FrameInterval)
                {
                    Show();
                }

                return;
            }

            if (warns && !_warned)
            {
                foreach (string warning in report.Warnings)
                {
                    _console.Note(string.Create(CultureInfo.InvariantCulture, $"warning: step {report.Step}: {warning}"));
                }
            }

            _warned = warns;
            if (last || newStage || _time.GetElapsedTime(_shownAt) >= LineInterval)
            {
                Show();
            }
        }
    }

    private static (int Columns, int Rows) Size()
    {
        try
        {
            return (Console.WindowWidth, Console.WindowHeight);
        }
        catch (IOException)
        {
            // The terminal went away (a closed window); lines of this size harm nobody.
            return (80, 24);
        }
    }

    private void Show()
    {
        _shownAt = _time.GetTimestamp();
        if (_frames is null)
        {
            _console.Note(_screen.Line());
            return;
        }

        _frames.Draw((columns, rows) => _screen.Lines(columns, rows, _unicode));
    }
}
