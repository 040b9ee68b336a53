using System.Globalization;
using System.Text;
using Agents.Plugins.CodePipeline.Running;

namespace Agents.Plugins.CodePipeline.Tracing;

/// <summary>The trace as prompts show it: per visit the block with its lines and source, beneath it the local variables after it.</summary>
public static class TraceText
{
    private const string Cut = "...";

    /// <summary>Writes a trace. Where the call did not return, its error stands at the end, or alone where nothing was traced.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="cap">Most visits to show.</param>
    /// <param name="valueCap">Most characters of a value before its middle is left out.</param>
    public static string Render(TraceReport trace, int cap, int valueCap)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var text = new StringBuilder();
        int before = -1;
        foreach (int index in VisitCap.Indices(trace.Visits.Count, cap))
        {
            if (index > before + 1)
            {
                // A runner keeps only the two ends of a very long trace, so that its list is shorter than what happened.
                int left = index - before - 1 + Math.Max(0, trace.Total - trace.Visits.Count);
                text.Append(CultureInfo.InvariantCulture, $"... {left} visits left out\n");
            }

            before = index;
            Append(text, trace.Visits[index], valueCap);
        }

        if (trace.Error is { } error)
        {
            text.Append(error);
        }
        else if (trace.Result is { } result)
        {
            text.Append("result: ").Append(Shortened(result, valueCap));
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>Shortens a value in its middle: half of the cap from its beginning, half from its end (papers/62 §2, step 3).</summary>
    /// <param name="value">The value as text.</param>
    /// <param name="cap">Longest text that stays whole.</param>
    public static string Shortened(string value, int cap)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length <= cap)
        {
            return value;
        }

        int half = cap / 2;
        int head = char.IsHighSurrogate(value[half - 1]) ? half - 1 : half;
        int tail = char.IsLowSurrogate(value[^half]) ? half - 1 : half;
        return string.Concat(value.AsSpan(0, head), Cut, value.AsSpan(value.Length - tail));
    }

    private static void Append(StringBuilder text, BlockVisit visit, int valueCap)
    {
        text.Append(CultureInfo.InvariantCulture, $"B{visit.BlockId} ");
        text.Append(visit.FirstLine == visit.LastLine
            ? string.Create(CultureInfo.InvariantCulture, $"line {visit.FirstLine}: ")
            : string.Create(CultureInfo.InvariantCulture, $"lines {visit.FirstLine}-{visit.LastLine}: "));
        text.Append(visit.Source).Append("\n  ");
        text.AppendJoin(", ", visit.StateAfter.Select(variable => $"{variable.Key}={Shortened(variable.Value, valueCap)}")).Append('\n');
    }
}
