using System.Globalization;
using System.Text;
using Agents.Replication;

namespace Agents.Runtime.Replication.Reports;

/// <summary>Writes a report and the summary of all reports as Markdown.</summary>
public static class ReportText
{
    private const double Small = 0.001;

    /// <summary>Writes one report.</summary>
    /// <param name="findings">What it says.</param>
    public static string Report(FindingsDocument findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {findings.Paper} — {findings.Title}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"**Claim.** {findings.Claim}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"**Verdict: {Verdict(findings.Verdict)}.** {findings.Explanation}\n\n");
        Bullets(text, "Setup", findings.Setup);
        Arms(text, findings);
        Comparisons(text, findings);
        if (findings.Checks.Count > 0)
        {
            text.Append("## Checks\n\n");
            Table(text, ["holds", "expectation", "figures"], findings.Checks.Select(check => (string[])[check.Holds switch { true => "yes", false => "**no**", null => "cannot tell" }, check.Statement, check.Figures]));
        }

        foreach (FindingTable table in findings.Tables)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {table.Title}\n\n");
            Table(text, table.Columns, table.Rows);
        }

        Bullets(text, "Notes", findings.Notes);
        text.Append("## How it was run\n\n");
        text.Append(CultureInfo.InvariantCulture, $"```\n{findings.Command}\n```\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Profile {findings.Profile}, seeds {string.Join(", ", findings.Seeds)}, model {findings.Model} (weights {Shorten(findings.Generation)}), {findings.Seconds / 60:0.0} minutes.\n");
        return text.ToString();
    }

    /// <summary>Writes the summary of all reports.</summary>
    /// <param name="all">All findings.</param>
    public static string Summary(IEnumerable<FindingsDocument> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        StringBuilder text = new("# Replications\n\nThe laptop-scale checks of the papers behind the strategies, with their controls, on the embedded model. "
            + "Each row is one run of `agents replicate`; difference = method − baseline with its 95 % interval (paired bootstrap over items), MDE = smallest difference that this size finds with 80 % power. "
            + "Written by the command from the JSON files in this folder. Only full runs give a verdict.\n\n");
        Table(
            text,
            ["paper", "claim", "metric", "method − baseline", "difference", "95 %", "MDE", "verdict", "profile", "minutes"],
            all.OrderBy(one => one.Paper, StringComparer.Ordinal).ThenBy(one => one.Profile, StringComparer.Ordinal).Select(one => (string[])
            [
                $"[{one.Paper} {one.Name}]({one.FileName}.md)", one.Claim, one.Metric, $"{one.Primary.Method} − {one.Primary.Baseline}", Signed(one.Primary.Difference), Interval(one.Primary.Low, one.Primary.High),
                Number(one.Primary.MinimumDetectableEffect), Verdict(one.Verdict), one.Profile, (one.Seconds / 60).ToString("0", CultureInfo.InvariantCulture),
            ]));
        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>Writes a verdict for people.</summary>
    /// <param name="verdict">Its name in JSON.</param>
    public static string Verdict(string verdict) => verdict switch
    {
        "shown" => "effect shown",
        "shownAgainstSome" => "effect shown against some controls only",
        "notShown" => "effect not shown",
        _ => "underpowered",
    };

    /// <summary>Writes a number with three decimals, very small ones in scientific form.</summary>
    /// <param name="value">The number.</param>
    public static string Number(double value) => value != 0 && Math.Abs(value) < Small ? value.ToString("0.0e0", CultureInfo.InvariantCulture) : value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>Writes a difference with its sign.</summary>
    /// <param name="value">The difference.</param>
    public static string Signed(double value) => value > 0 ? "+" + Number(value) : Number(value);

    private static void Arms(StringBuilder text, FindingsDocument findings)
    {
        bool judged = findings.Arms.Any(arm => arm.Accuracy is not null);
        bool metric = findings.Arms.Any(arm => arm.Metric is not null);
        text.Append(CultureInfo.InvariantCulture, $"## Arms\n\n![arms with their intervals]({findings.FileName}.svg)\n\n");
        List<string> columns = ["arm", "seeds × items"];
        columns.AddRange(judged ? ["accuracy (Wilson 95 %)", "mean ± deviation over seeds"] : []);
        columns.AddRange(metric ? [$"{findings.Metric} (95 % over items)", "mean ± deviation over seeds"] : []);
        columns.AddRange(["calls", "tokens read", "tokens written", "seconds"]);
        Table(text, columns, findings.Arms.Select(arm =>
        {
            List<string> cells = [arm.Arm, string.Create(CultureInfo.InvariantCulture, $"{arm.Seeds} × {arm.Items}")];
            cells.AddRange(judged ? [Valued(arm.Accuracy, arm.AccuracyInterval), OverSeeds(arm.AccuracyBySeed)] : []);
            cells.AddRange(metric ? [Valued(arm.Metric, arm.MetricInterval), OverSeeds(arm.MetricBySeed)] : []);
            cells.AddRange([Short(arm.Calls), Short(arm.PromptTokens), Short(arm.CompletionTokens), Short(arm.Seconds)]);
            return (IReadOnlyList<string>)cells;
        }));
        text.Length--;
        text.Append("\nCalls, tokens and seconds are per item; items run several at a time.\n\n");
    }

    private static void Comparisons(StringBuilder text, FindingsDocument findings)
    {
        text.Append("## Comparisons\n\n");
        Table(
            text,
            ["method − baseline", "metric", "pairs (items)", "difference", "95 %", "MDE", "by seed", "calls"],
            findings.Comparisons.Select(one => (string[])
            [
                (one == findings.Primary ? "**" : "") + $"{one.Method} − {one.Baseline}" + (one == findings.Primary ? "**" : ""),
                one.Metric,
                string.Create(CultureInfo.InvariantCulture, $"{one.Pairs} ({one.Items})"),
                Signed(one.Difference),
                Interval(one.Low, one.High),
                Number(one.MinimumDetectableEffect),
                string.Join(", ", one.BySeed.Select(Signed)),
                $"{Short(one.MethodCalls)} : {Short(one.BaselineCalls)}",
            ]));
    }

    private static void Bullets(StringBuilder text, string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"## {title}\n\n");
        foreach (string line in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {line}\n");
        }

        text.Append('\n');
    }

    private static void Table(StringBuilder text, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Row(text, columns);
        Row(text, [.. columns.Select(_ => "---")]);
        foreach (IReadOnlyList<string> row in rows)
        {
            Row(text, row);
        }

        text.Append('\n');
    }

    private static void Row(StringBuilder text, IReadOnlyList<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" "))).Append(" |\n");

    private static string Valued(double? value, IReadOnlyList<double>? interval) => value is { } number && interval is [var low, var high] ? $"{Number(number)} {Interval(low, high)}" : "–";

    private static string OverSeeds(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            return "–";
        }

        double mean = values.Average();
        return values.Count == 1 ? Number(mean) : $"{Number(mean)} ± {Number(Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)))}";
    }

    private static string Interval(double low, double high) => $"[{Number(low)}, {Number(high)}]";

    private static string Short(double value) => value.ToString(value >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture);

    private static string Shorten(string hash) => hash.Length > 12 ? hash[..12] : hash;
}
