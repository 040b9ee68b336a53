using System.Globalization;
using System.Text;
using Agents.Training.Progress;

namespace Agents.Cli.Output;

/// <summary>What a training run looks like at one moment, as lines of text: a heading, one curve per number, the share of time, the last warning. Knows no terminal.</summary>
internal sealed class TrainingScreen
{
    private const string TimePrefix = "seconds.";
    private const string TotalTime = "total";

    /// <summary>Waiting for samples happens while they are made, so its time is that of sampling and scoring.</summary>
    private const string WaitingTime = "waiting";
    private const string RewardPrefix = "reward.";
    private const int LabelColumns = 14;
    private const int ValueColumns = 11;
    private const int BarColumns = 20;

    /// <summary>Numbers that a person watches, in this order; the rest is in the metrics file.</summary>
    private static readonly (string Name, string Label)[] Watched =
    [
        ("loss", "loss"), ("validationLoss", "validation"), ("reward", "reward"), ("accuracy", "accuracy"), ("margin", "margin"), ("passRate", "pass rate"),
        ("reference.k3", "KL"), ("entropy", "entropy"), ("length", "length"), ("deadGroups", "dead groups"), ("gradientNorm", "gradient"), (SpeedName, "tokens/s"),
    ];

    private const string SpeedName = "tokensPerSecond";
    private readonly string _title;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, MetricCurve> _curves = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, double> _seconds = new(StringComparer.Ordinal);
    private long _began;
    private long _last;
    private long _firstStep = -1;
    private double _tokens = double.NaN;

    /// <summary>Creates a screen of a run that has not begun.</summary>
    /// <param name="title">Name of the run.</param>
    /// <param name="time">Clock of speed and remaining time.</param>
    public TrainingScreen(string title, TimeProvider time)
    {
        _title = title;
        _time = time;
        _began = _last = time.GetTimestamp();
    }

    /// <summary>Gets the steps done.</summary>
    public long Step { get; private set; }

    /// <summary>Gets the steps planned.</summary>
    public long Steps { get; private set; }

    /// <summary>Gets the name of the present stage; empty for runs of one stage.</summary>
    public string Stage { get; private set; } = "";

    /// <summary>Gets the newest warning; empty before the first.</summary>
    public string Warning { get; private set; } = "";

    /// <summary>Takes a step in.</summary>
    /// <param name="stage">Name of the stage; another one than before begins new curves.</param>
    /// <param name="report">The step.</param>
    public void Add(string stage, IStepReport report)
    {
        if (stage != Stage || report.Step <= Step)
        {
            _curves.Clear();
            _seconds.Clear();
            _firstStep = -1;
            _tokens = double.NaN;
            Stage = stage;
        }

        long now = _time.GetTimestamp();
        double took = _time.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
        if (_firstStep < 0)
        {
            // The time before the first step went into loading; remaining time is estimated from the steps after it.
            _firstStep = report.Step;
            _began = now;
        }

        Step = report.Step;
        Steps = report.Steps;
        bool measured = false;
        foreach ((string name, double value) in report.Numbers())
        {
            measured |= name == SpeedName;
            if (name.StartsWith(TimePrefix, StringComparison.Ordinal))
            {
                _seconds[name[TimePrefix.Length..]] = _seconds.GetValueOrDefault(name[TimePrefix.Length..]) + value;
            }
            else
            {
                Curve(name).Add(value);
            }

            if (name == "tokens")
            {
                if (!measured && took > 0 && double.IsFinite(_tokens) && value > _tokens)
                {
                    Curve(SpeedName).Add((value - _tokens) / took);
                }

                _tokens = value;
            }
        }

        Warning = report.Warnings.IsDefaultOrEmpty ? Warning : report.Warnings[^1];
    }

    /// <summary>Returns the newest numbers in one line, for places where nothing can be drawn.</summary>
    public string Line()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Name()}: {Step}/{Steps}");
        foreach ((string name, string label) in Shown())
        {
            text.Append(CultureInfo.InvariantCulture, $"  {label.TrimStart()} {Number(_curves[name].Last)}");
        }

        return text.ToString();
    }

    /// <summary>Returns the screen.</summary>
    /// <param name="columns">Width that lines may have.</param>
    /// <param name="rows">Most lines; curves that do not fit are left out from the end.</param>
    /// <param name="unicode">Whether block elements can be shown.</param>
    public IReadOnlyList<string> Lines(int columns, int rows, bool unicode = true)
    {
        List<string> lines = [Heading(unicode)];
        string time = TimeLine();
        int reserved = (time.Length > 0 ? 1 : 0) + (Warning.Length > 0 ? 1 : 0);
        foreach ((string name, string label) in Shown())
        {
            if (lines.Count + reserved >= rows)
            {
                break;
            }

            MetricCurve curve = _curves[name];
            string head = $"{Cut(label, LabelColumns - 1).PadRight(LabelColumns)}{Number(curve.Last),ValueColumns}  ";
            lines.Add(head + Sparkline.Draw(curve.Points, Math.Max(0, columns - head.Length), unicode));
        }

        if (time.Length > 0)
        {
            lines.Add(time);
        }

        if (Warning.Length > 0)
        {
            lines.Add("warning: " + Warning);
        }

        return [.. lines.Take(Math.Max(1, rows)).Select(line => Cut(CommandConsole.Visible(line), columns))];
    }

    private static string Cut(string text, int columns) => text.Length <= columns ? text : columns > 1 ? text[..(columns - 1)] + "…" : text[..Math.Max(0, columns)];

    private static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 100_000 => value.ToString("0.00e0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("F0", CultureInfo.InvariantCulture),
        < 0.001 => value.ToString("0.0e0", CultureInfo.InvariantCulture),
        _ => value.ToString("F4", CultureInfo.InvariantCulture),
    };

    private static string Duration(TimeSpan time) =>
        time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min")
        : time.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Seconds} s");

    private MetricCurve Curve(string name)
    {
        if (!_curves.TryGetValue(name, out MetricCurve? curve))
        {
            _curves[name] = curve = new MetricCurve();
        }

        return curve;
    }

    private string Name() => Stage.Length == 0 || Stage == _title ? _title : $"{_title} {Stage}";

    private IEnumerable<(string Name, string Label)> Shown()
    {
        foreach ((string name, string label) in Watched.Where(watched => _curves.ContainsKey(watched.Name)))
        {
            yield return (name, label);
            if (name == "reward" && _curves.Keys.Count(other => other.StartsWith(RewardPrefix, StringComparison.Ordinal)) > 1)
            {
                foreach (string component in _curves.Keys.Where(other => other.StartsWith(RewardPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
                {
                    yield return (component, "  " + component[RewardPrefix.Length..]);
                }
            }
        }
    }

    private string Heading(bool unicode)
    {
        double share = Steps > 0 ? Math.Clamp((double)Step / Steps, 0, 1) : 0;
        int full = (int)(share * BarColumns);
        string bar = new string(unicode ? '█' : '#', full) + new string(unicode ? '░' : '.', BarColumns - full);
        string left = "";
        if (Step > _firstStep && _firstStep >= 0 && Step < Steps)
        {
            double perStep = _time.GetElapsedTime(_began, _last).TotalSeconds / (Step - _firstStep);
            left = string.Create(CultureInfo.InvariantCulture, $"  {perStep:G3} s/step, {Duration(TimeSpan.FromSeconds(Math.Min(perStep * (Steps - Step), 1e8)))} left");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Name()}  {Step}/{Steps}  {bar} {share * 100,3:F0}%{left}");
    }

    private string TimeLine()
    {
        double all = _seconds.TryGetValue(TotalTime, out double total) ? total : _seconds.Values.Sum();
        string[] parts =
        [
            .. _seconds.Where(part => part.Key is not (TotalTime or WaitingTime) && part.Value >= all / 200)
                .Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Key} {part.Value / all * 100:F0}%")),
        ];
        return all > 0 && parts.Length > 0 ? "time".PadRight(LabelColumns) + string.Join("  ", parts) : "";
    }
}
