using Agents.Plugins.CodePipeline.Flow;
using Agents.Plugins.CodePipeline.Running;
using Agents.Plugins.CodePipeline.Tracing;
using Agents.Programs;
using Agents.Programs.Flow;

namespace Agents.Plugins.CodePipeline.Mini;

/// <summary>Programs and traces of the mini-language as the embedded model reads and writes them.</summary>
internal static class MiniText
{
    /// <summary>Takes the program out of a reply, in canonical spelling where it parses.</summary>
    /// <param name="reply">The reply.</param>
    public static string Program(string reply)
    {
        string source = Programs.ProgramText.Find(reply) ?? Flow.ProgramText.Of(reply);
        return MiniProgram.TryParse(source, out MiniProgram? program, out _) ? program.Text : source;
    }

    /// <summary>Writes a trace compactly, one line per visit; empty where nothing was traced, because the failing test says why.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="cap">Most visits to show.</param>
    /// <param name="valueCap">Most characters of a value before its middle is left out.</param>
    public static string Trace(TraceReport trace, int cap, int valueCap)
    {
        IEnumerable<Programs.Flow.BlockVisit> visits = VisitCap.Indices(trace.Visits.Count, cap).Select(index => Visit(trace.Visits[index], valueCap));
        return Programs.Flow.TraceText.Write(new BlockTrace([.. visits], trace.Total, new ProgramResult(null, null, 0)));
    }

    private static Programs.Flow.BlockVisit Visit(Running.BlockVisit visit, int valueCap) =>
        new(visit.BlockId, visit.FirstLine, visit.LastLine, visit.Source, visit.StateAfter.ToDictionary(one => one.Key, one => Tracing.TraceText.Shortened(one.Value, valueCap)))
        {
            Outcome = visit.Outcome,
            Failed = visit.Failed,
        };
}
