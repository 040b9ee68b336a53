using System.Text;

namespace Agents.Programs.Flow;

/// <summary>Traces as prompts show them: one line per block visit.</summary>
public static class TraceText
{
    /// <summary>
    /// Writes visits: the source of the block, <c>&gt;</c>, then the way its test went and the state, such as
    /// <c>s=s+i;i=i+1 &gt; s=1 i=2</c> and <c>while i&lt;n &gt; yes</c>. A block that is one test leaves the state as it was, so it is not repeated.
    /// </summary>
    /// <param name="trace">The trace.</param>
    /// <remarks>Visits that the cap left out show as a line with their number, as in <c>... 4 more</c>.</remarks>
    public static string Write(BlockTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var text = new StringBuilder();
        int gap = trace.TotalVisits > trace.Visits.Count ? trace.Visits.Count - (trace.Visits.Count / 2) : -1;
        for (int i = 0; i < trace.Visits.Count; i++)
        {
            text.Append(i > 0 ? "\n" : "");
            if (i == gap)
            {
                text.Append("... ").Append(trace.TotalVisits - trace.Visits.Count).Append(" more\n");
            }

            Line(text, trace.Visits[i]);
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, BlockVisit visit)
    {
        text.Append(visit.Source).Append(" >");
        if (visit.Failed)
        {
            text.Append(" failed");
        }

        if (visit.Outcome is { } outcome)
        {
            text.Append(outcome ? " yes" : " no");
            if (visit.FirstLine == visit.LastLine)
            {
                return;
            }
        }

        foreach ((string name, string value) in visit.StateAfter)
        {
            text.Append(' ').Append(name).Append('=').Append(value);
        }
    }
}
