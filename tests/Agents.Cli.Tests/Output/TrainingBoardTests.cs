using System.Collections.Immutable;
using System.Globalization;
using Agents.Cli.Output;
using Agents.Training.Progress;

namespace Agents.Cli.Tests.Output;

public sealed class TrainingBoardTests
{
    private const string Escape = "\e[";
    private readonly ManualTime _time = new();
    private readonly StringWriter _error = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
    private readonly StringWriter _output = new(CultureInfo.InvariantCulture);
    private (int Columns, int Rows) _size = (80, 24);

    private TrainingBoard Board(bool draws = true, bool unicode = true, bool json = false) =>
        new(new CommandConsole(_output, _error, json, verbose: false), _time, "run", draws ? () => _size : null, unicode);

    private static Report Step(long step, long steps = 10, params string[] warnings) => new(step, steps, [.. warnings]);

    private string[] Drawn() => _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private void Run(TrainingBoard board, int from, int to)
    {
        for (int step = from; step <= to; step++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            board.Report("", Step(step));
        }
    }

    [Fact]
    public void Report_OnATerminal_DrawsFramesOverEachOther()
    {
        Run(Board(), 1, 2);

        string text = _error.ToString();
        Assert.Contains("run  1/10  ██░░", text, StringComparison.Ordinal);
        string second = text[text.IndexOf(Escape, StringComparison.Ordinal)..];
        int lines = text[..text.IndexOf(Escape, StringComparison.Ordinal)].Count(character => character == '\n');
        Assert.StartsWith($"{Escape}{lines}F{Escape}0J", second, StringComparison.Ordinal);
        Assert.Contains("1 s/step, 8 s left", second, StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public void Report_AnySize_NeverWrapsOrScrollsTheFrame()
    {
        for (int columns = 1; columns < 130; columns += 7)
        {
            for (int rows = 1; rows < 20; rows += 3)
            {
                TrainingScreen screen = new("a run with a rather long name", _time);
                screen.Add("", Step(1, 10, "a warning that is much longer than any of these terminals could ever show in one line, so it must be cut somewhere in the middle"));

                IReadOnlyList<string> lines = screen.Lines(columns, rows);

                Assert.InRange(lines.Count, 1, rows);
                Assert.All(lines, line => Assert.InRange(line.Length, 0, columns));
            }
        }
    }

    [Theory]
    [InlineData(60, 24)]
    [InlineData(80, 4)]
    public void Report_TerminalGotSmaller_DoesNotEraseWhatItCannotCount(int columns, int rows)
    {
        TrainingBoard board = Board();
        Run(board, 1, 1);
        _size = (columns, rows);
        _error.GetStringBuilder().Clear();

        Run(board, 2, 2);
        Assert.DoesNotContain(Escape, _error.ToString(), StringComparison.Ordinal);
        Assert.All(Drawn(), line => Assert.InRange(line.Length, 1, columns - 1));

        Run(board, 3, 3);
        Assert.Contains(Escape, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_TerminalGotLarger_UsesTheRoom()
    {
        TrainingBoard board = Board();
        Run(board, 1, 5);
        _size = (200, 50);
        _error.GetStringBuilder().Clear();

        Run(board, 6, 6);

        Assert.StartsWith(Escape, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_FastSteps_AreDrawnAtMostTenTimesASecondAndAtTheEnd()
    {
        TrainingBoard board = Board();
        for (int step = 1; step <= 1_000; step++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            board.Report("", Step(step, 1_000));
        }

        Assert.Equal(10, Drawn().Count(line => line.Contains("/1000", StringComparison.Ordinal)));
        Assert.Contains("1000/1000", Drawn().Last(line => line.Contains("/1000", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_Redirected_WritesPlainLinesNowAndThen()
    {
        Run(Board(draws: false), 1, 10);

        Assert.Equal(["run: 5/10  loss 0.2000  reward 0.5000  KL 0.0100  tokens/s 100", "run: 10/10  loss 0.1000  reward 1.0000  KL 0.0100  tokens/s 100"], Drawn());
        Assert.DoesNotContain('\e', _error.ToString());
    }

    [Fact]
    public void Report_Json_WritesNothingToStandardOutput()
    {
        Run(Board(draws: false, json: true), 1, 10);

        Assert.Equal("", _output.ToString());
        Assert.Equal(2, Drawn().Length);
    }

    [Fact]
    public void Report_WarningsInARow_GetOneLineWhenTheyBegin()
    {
        TrainingBoard board = Board(draws: false);
        foreach ((long step, string[] warnings) in ((long, string[])[])[(1, []), (2, ["long"]), (3, ["long"]), (4, []), (5, ["again"])])
        {
            board.Report("", Step(step, 100, warnings));
        }

        Assert.Equal(["warning: step 2: long", "warning: step 5: again"], Drawn());
    }

    [Fact]
    public void Report_NextStage_BeginsNewCurves()
    {
        TrainingBoard board = Board(draws: false);
        board.Report("round-1", Step(10));
        board.Report("round-2", Step(1));

        Assert.StartsWith("run round-1: 10/10", Drawn()[0], StringComparison.Ordinal);
        Assert.StartsWith("run round-2: 1/10", Drawn()[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_TextOfOthers_CannotMoveTheCursor()
    {
        TrainingScreen screen = new("run", _time);
        screen.Add("", Step(1, 10, "bad\e[2Jname"));

        Assert.All(screen.Lines(200, 24), line => Assert.DoesNotContain('\e', line));
    }

    [Fact]
    public void Lines_TimeSplit_IsShownAsShares()
    {
        TrainingScreen screen = new("run", _time);
        screen.Add("", new Report(1, 10, []) { More = [KeyValuePair.Create("seconds.sampling", 6.0), KeyValuePair.Create("seconds.backward", 2.0), KeyValuePair.Create("seconds.storing", 0.01), KeyValuePair.Create("seconds.waiting", 6.0), KeyValuePair.Create("seconds.total", 8.0)] });
        screen.Add("", new Report(2, 10, []) { More = [KeyValuePair.Create("seconds.sampling", 6.0), KeyValuePair.Create("seconds.backward", 2.0), KeyValuePair.Create("seconds.storing", 0.01), KeyValuePair.Create("seconds.waiting", 6.0), KeyValuePair.Create("seconds.total", 8.0)] });

        Assert.Contains("time          backward 25%  sampling 75%", screen.Lines(80, 24));
    }

    [Fact]
    public void Lines_WithoutUnicode_AreAscii()
    {
        TrainingScreen screen = new("run", _time);
        screen.Add("", Step(1));
        screen.Add("", Step(2));

        Assert.All(screen.Lines(80, 24, unicode: false), line => Assert.All(line, character => Assert.InRange(character, ' ', '~')));
    }

    [Theory]
    [InlineData("xterm-256color", null, true)]
    [InlineData("xterm-256color", "", true)]
    [InlineData("xterm-256color", "1", false)]
    [InlineData("dumb", null, false)]
    [InlineData("", null, false)]
    public void CanDraw_TerminalAndWish_Decide(string terminal, string? noColor, bool expected) => Assert.Equal(expected, TrainingBoard.CanDraw(terminal, noColor));

    private sealed record Report(long Step, long Steps, ImmutableArray<string> Warnings) : IStepReport
    {
        public KeyValuePair<string, double>[] More { get; init; } = [];

        public IEnumerable<KeyValuePair<string, double>> Numbers() =>
            [KeyValuePair.Create("loss", 1.0 / Step), KeyValuePair.Create("reward", Step / 10.0), KeyValuePair.Create("reference.k3", 0.01), KeyValuePair.Create("tokens", Step * 100.0), .. More];
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
    }
}
