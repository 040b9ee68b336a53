using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Agents.Models.Files;
using Agents.Training.Adapters;
using Agents.Training.Errors;
using Agents.Training.Manifests;
using Agents.Training.Preflight;

namespace Agents.Training.Reports;

/// <summary>
/// A run as one page that needs nothing else: plots as inline SVG, no script, nothing fetched, light and dark. It is made from the files of the run alone
/// (<c>metrics.jsonl</c> of every stage, <c>stages.jsonl</c>, <c>preflight.json</c>), so it can be made again at any time, also while the run goes on.
/// </summary>
public static class TrainingReport
{
    /// <summary>Name of the page in the folder of a run.</summary>
    public const string FileName = "report.html";

    private const string MetricsName = "metrics.jsonl";
    private const string ManifestName = "stages.jsonl";

    /// <summary>Begins the names of folders with files of a stage that was made again from other inputs.</summary>
    private const string SetAsidePrefix = "superseded-";

    /// <summary>Names of stage folders are few; a folder full of runs is not one run.</summary>
    private const int MaximumLogs = 64;

    /// <summary>Warnings beyond these are only counted.</summary>
    private const int MaximumWarnings = 20;

    private const string Style =
        """
        :root{--ground:#fff;--text:#1b1f24;--soft:#6a737d;--line:#d8dee4;--s0:#0b62c4;--s1:#c2410c;--s2:#15803d;--s3:#7e22ce;--s4:#0e7490;--s5:#a16207;--warn:#b45309;--stop:#b91c1c}
        @media (prefers-color-scheme:dark){:root{--ground:#14171b;--text:#e6e8eb;--soft:#9aa4af;--line:#30363d;--s0:#6cb0ff;--s1:#ff9a62;--s2:#5fd38a;--s3:#c79bff;--s4:#5fd0e6;--s5:#e3c05a;--warn:#f0a94a;--stop:#ff7b72}}
        body{background:var(--ground);color:var(--text);font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1200px;padding:0 1rem}
        h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}h3{font-size:.95rem;margin:.5rem 0 0}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{border-bottom:1px solid var(--line);padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}td.n,th.n{text-align:right}
        .plots{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,360px),1fr))}
        figure{margin:0}svg{display:block;height:auto;width:100%}svg text{fill:var(--soft);font-size:11px}
        circle{fill:currentColor}.grid{stroke:var(--line);stroke-width:1}.start{stroke:var(--soft);stroke-dasharray:3 3}
        polyline{fill:none;stroke-width:1.6;stroke-linejoin:round}.raw{opacity:.3}
        .s0{color:var(--s0);stroke:var(--s0)}.s1{color:var(--s1);stroke:var(--s1)}.s2{color:var(--s2);stroke:var(--s2)}.s3{color:var(--s3);stroke:var(--s3)}.s4{color:var(--s4);stroke:var(--s4)}.s5{color:var(--s5);stroke:var(--s5)}
        .soft{color:var(--soft)}.warn{color:var(--warn)}.refuse,.stop{color:var(--stop)}figcaption{color:var(--soft);font-size:.85rem}
        """;

    /// <summary>Makes the page of a run beside its files.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <returns>Path of the page.</returns>
    /// <exception cref="TrainingException">The folder has no metrics, or a file of the run is damaged.</exception>
    public static string Write(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string path = Path.Combine(Path.GetFullPath(folder), FileName);
        string page = Page(folder);
        using AtomicFile file = new(path);
        file.Stream.Write(Encoding.UTF8.GetBytes(page));
        file.Commit();
        return path;
    }

    /// <summary>Returns the page of a run.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <exception cref="TrainingException">The folder has no metrics, or a file of the run is damaged.</exception>
    public static string Page(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string root = Path.GetFullPath(folder);
        string[] logs = Directory.Exists(root)
            ? [.. Directory.EnumerateFiles(root, MetricsName, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 })
                .Where(path => !Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith(SetAsidePrefix, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal).Take(MaximumLogs + 1)]
            : [];
        if (logs.Length is 0 or > MaximumLogs)
        {
            throw new TrainingException($"'{root}' has {(logs.Length == 0 ? "no" : "more than " + MaximumLogs)} files '{MetricsName}'. Name the folder of one training run.");
        }

        string manifest = Path.Combine(root, ManifestName);
        ImmutableArray<StageManifest> stages = File.Exists(manifest) ? StageManifestFile.Read(manifest) : [];
        string name = HtmlText.Escape(Path.GetFileName(root));
        StringBuilder page = new();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title>Training: {name}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n<h1>Training: {name}</h1>\n");
        foreach (string path in logs)
        {
            Log(page, Path.GetRelativePath(root, Path.GetDirectoryName(path)!), MetricsLog.Read(path));
        }

        if (PreflightFile.Load(root) is { } preflight)
        {
            Preflight(page, preflight);
        }

        Stages(page, stages);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Log(StringBuilder page, string stage, MetricsLog log)
    {
        if (stage != ".")
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{HtmlText.Escape(stage)}</h2>\n");
        }

        string tokens = log.Series.TryGetValue("tokens", out ImmutableArray<MetricsPoint> all) ? string.Create(CultureInfo.InvariantCulture, $", {all[^1].Value:N0} tokens") : "";
        string resumed = log.Segments.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $", resumed {log.Segments.Length - 1} times") : "";
        string damaged = log.DamagedLines > 0 ? string.Create(CultureInfo.InvariantCulture, $", {log.DamagedLines} torn lines left out") : "";
        page.Append(CultureInfo.InvariantCulture, $"<p>{log.Steps[^1]:N0} steps{tokens}{resumed}{damaged}</p>\n");
        Warnings(page, log);
        page.Append("<div class=\"plots\">\n");
        foreach ((string title, ImmutableArray<(string Name, ImmutableArray<MetricsPoint> Points)> series) in ReportPlots.Of(log))
        {
            page.Append(CultureInfo.InvariantCulture, $"<figure><h3>{HtmlText.Escape(title)}</h3>\n{LinePlot.Draw(title, series, log.Segments.Skip(1).Select(segment => segment.FirstStep))}<figcaption>");
            for (int i = 0; i < series.Length; i++)
            {
                page.Append(CultureInfo.InvariantCulture, $"<span class=\"s{i % 6}\">{HtmlText.Escape(series[i].Name)}</span> {series[i].Points[0].Value:G4} &#8594; {series[i].Points[^1].Value:G4}{(i < series.Length - 1 ? "; " : "")}");
            }

            page.Append("</figcaption></figure>\n");
        }

        page.Append("</div>\n");
    }

    private static void Warnings(StringBuilder page, MetricsLog log)
    {
        if (log.Warnings.IsEmpty)
        {
            return;
        }

        page.Append("<ul class=\"warn\">\n");
        foreach ((long step, string text) in log.Warnings.Take(MaximumWarnings))
        {
            page.Append(CultureInfo.InvariantCulture, $"<li>Step {step}: {HtmlText.Escape(text)}</li>\n");
        }

        page.Append(log.Warnings.Length > MaximumWarnings ? string.Create(CultureInfo.InvariantCulture, $"<li>and {log.Warnings.Length - MaximumWarnings} more</li>\n</ul>\n") : "</ul>\n");
    }

    private static void Preflight(StringBuilder page, PreflightReport preflight)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h2>Preflight: {Word(preflight.Verdict)}</h2>\n<table>\n");
        foreach (PreflightFinding finding in preflight.Findings)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"{Word(finding.Verdict)}\">{Word(finding.Verdict)}</td><td>{HtmlText.Escape(finding.Subject)}</td><td>{HtmlText.Escape(finding.Text)}</td></tr>\n");
        }

        foreach (PreflightChange change in preflight.Changes)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"warn\">changed</td><td>{HtmlText.Escape(change.Setting)}</td><td>{change.From} &#8594; {change.To}. {HtmlText.Escape(change.Reason)}</td></tr>\n");
        }

        page.Append("</table>\n");
        if (preflight.Memory is { } memory)
        {
            page.Append("<h2>Memory plan</h2>\n<table>\n<tr><th>what</th><th class=\"n\">MiB</th><th></th></tr>\n");
            foreach (MemoryLedgerEntry entry in memory.Entries.Where(entry => entry.Bytes > 0).OrderByDescending(entry => entry.Bytes))
            {
                Row(page, entry.Name, entry.Bytes, entry.Purpose);
            }

            Row(page, "all", memory.TotalBytes, "");
            Row(page, "available", memory.AvailableBytes, "before the run");
            page.Append("</table>\n");
        }
    }

    private static void Row(StringBuilder page, string name, long bytes, string purpose) => page.Append(
        CultureInfo.InvariantCulture, $"<tr><td>{HtmlText.Escape(name)}</td><td class=\"n\">{bytes / (double)(1 << 20):N1}</td><td class=\"soft\">{HtmlText.Escape(purpose)}</td></tr>\n");

    private static void Stages(StringBuilder page, ImmutableArray<StageManifest> stages)
    {
        foreach (StageManifest stage in stages)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>Stage {HtmlText.Escape(stage.Stage)}</h2>\n<table>\n");
            (string Name, string Value)[] rows =
            [
                ("ended", stage.Stop), ("steps", stage.Steps.ToString(CultureInfo.InvariantCulture)), ("seed", stage.Seed.ToString(CultureInfo.InvariantCulture)),
                ("started from", stage.ParentGeneration), ("left", stage.CheckpointHash),
                .. stage.Data.Select(entry => ("data: " + entry.Key, entry.Value)), .. stage.Settings.Select(entry => (entry.Key, entry.Value)),
            ];
            foreach ((string name, string value) in rows.Where(row => row.Value.Length > 0))
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"soft\">{HtmlText.Escape(name)}</td><td{(name == "ended" && value != "Completed" ? " class=\"stop\"" : "")}>{HtmlText.Escape(value)}</td></tr>\n");
            }

            page.Append("</table>\n");
        }
    }

    private static string Word(PreflightVerdict verdict) => verdict switch
    {
        PreflightVerdict.Go => "go",
        PreflightVerdict.Warn => "warn",
        PreflightVerdict.Adapt => "adapt",
        _ => "refuse",
    };
}
