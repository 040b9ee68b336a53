using System.Globalization;
using System.Text.Json;
using Agents.CodeRunner.Compilation;
using Agents.CodeRunner.Tracing;

namespace Agents.CodeRunner.Execution;

/// <summary>Runs one call of a program that records its blocks. Where it does not return in time, the visits so far are the answer.</summary>
internal static class TraceRun
{
    private const int StackSize = 16 << 20;

    /// <summary>Compiles and runs.</summary>
    /// <param name="source">The program.</param>
    /// <param name="call">The call.</param>
    /// <param name="limit">After how long the trace ends.</param>
    /// <param name="keep">Most visits to keep.</param>
    /// <param name="channel">Where the trace goes.</param>
    public static void Execute(string source, string call, TimeSpan limit, int keep, AnswerChannel channel)
    {
        CompiledProgram? program = SourceProgram.Parse(source, call).CompileTraced(call, out IReadOnlyList<RecordSite> sites, out string? error);
        if (program is null)
        {
            channel.Failed(error!);
            return;
        }

        channel.Start(0);
        Recorder.Begin(sites, keep);
        (string? result, string? failure) = (null, string.Create(CultureInfo.InvariantCulture, $"did not return within {limit.TotalSeconds:0.###} s"));
        var thread = new Thread(() => (result, failure) = Call(program), StackSize) { IsBackground = true };
        thread.Start();
        thread.Join(limit);
        (IReadOnlyList<(RecordSite Site, string[] Values)> visits, int total) = Recorder.Recorded();
        channel.Write(json => Write(json, visits, total, result, failure));
    }

    private static (string? Result, string? Failure) Call(CompiledProgram program)
    {
        try
        {
            return (ValueText.Of(program.Load(0).Call()), null);
        }
        catch (Exception error)
        {
            // Whatever a program throws is its result.
            return (null, "the call threw " + Failure.Of(error));
        }
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<(RecordSite Site, string[] Values)> visits, int total, string? result, string? failure)
    {
        json.WriteStartObject("trace");
        json.WriteStartArray("visits");
        foreach ((RecordSite site, string[] values) in visits)
        {
            json.WriteStartObject();
            json.WriteNumber("blockId", site.Block);
            json.WriteNumber("firstLine", site.FirstLine);
            json.WriteNumber("lastLine", site.LastLine);
            json.WriteString("source", site.Source);
            json.WriteStartObject("stateAfter");
            for (int i = 0; i < Math.Min(values.Length, site.Names.Count); i++)
            {
                json.WriteString(site.Names[i], values[i]);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("total", total);
        if (result is not null)
        {
            json.WriteString("result", result);
        }
        else if (failure is not null)
        {
            json.WriteString("error", failure);
        }

        json.WriteEndObject();
    }
}
