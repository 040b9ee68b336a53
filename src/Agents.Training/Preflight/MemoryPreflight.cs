using System.Collections.Immutable;
using System.Globalization;

namespace Agents.Training.Preflight;

/// <summary>
/// Makes a run fit into memory before anything is allocated: first it lets layers be computed again, which costs time and changes no bit of the result, then it
/// halves the rows of micro-batches, and when the longest sequence does not fit it refuses.
/// </summary>
public static class MemoryPreflight
{
    /// <summary>Fits a run.</summary>
    /// <param name="plan">Plans a run with some rows, with or without computing layers again. A pure function.</param>
    /// <param name="rows">Rows of micro-batches as asked for.</param>
    /// <param name="leastRows">Rows that the longest sequence (or pair, or group) needs.</param>
    /// <param name="recompute">Whether layers are computed again already.</param>
    public static PreflightReport Fit(Func<int, bool, MemoryPlan> plan, int rows, int leastRows, bool recompute)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(leastRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, leastRows);
        MemoryPlan asked = plan(rows, recompute);
        if (asked.Fits)
        {
            return Report(asked, [], PreflightVerdict.Go, "");
        }

        string reason = $"As asked, the run needs {Size(asked.TotalBytes)}; {Size(asked.UsableBytes)} may be taken.";
        List<PreflightChange> changes = [];
        if (!recompute)
        {
            changes.Add(new PreflightChange(PreflightChange.RecomputeLayers, 0, 1, reason + " Results stay the same, steps take longer."));
        }

        for (int fewer = rows; ; fewer = Math.Max(leastRows, fewer / 2))
        {
            MemoryPlan tried = plan(fewer, true);
            if (tried.Fits)
            {
                ImmutableArray<PreflightChange> all = fewer == rows
                    ? [.. changes]
                    : [.. changes, new PreflightChange(PreflightChange.RowsPerBatch, rows, fewer, reason + " Gradients are added up over more micro-batches.")];
                return Report(tried, all, PreflightVerdict.Adapt, "");
            }

            if (fewer == leastRows)
            {
                return Report(tried, [], PreflightVerdict.Refuse, $" Even with {leastRows} rows, which the longest sequence needs, the run does not fit. Free memory, shorten sequences, train an adapter over a quantized model, or choose a smaller model.");
            }
        }
    }

    private static PreflightReport Report(MemoryPlan plan, ImmutableArray<PreflightChange> changes, PreflightVerdict verdict, string advice) => new()
    {
        Findings = [new PreflightFinding("memory", verdict, $"The run needs {Size(plan.TotalBytes)} of {Size(plan.AvailableBytes)} available.{advice}")],
        Changes = changes,
        Memory = plan,
        Numbers = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("memory.available", plan.AvailableBytes).Add("memory.planned", plan.TotalBytes),
    };

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):F1} MiB");
}
