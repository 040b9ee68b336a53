using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Agents.Plugins.CodePipeline.Running;

namespace Agents.Plugins.CodePipeline.Tracing;

/// <summary>The trace as data: <c>{"visits":[{"blockId","firstLine","lastLine","source","stateAfter":{name:value}}],"total","result","error"}</c> (papers/62 §4). Usable as training data of a repair model.</summary>
public static class TraceJson
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the visits that a prompt shows.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="cap">Most visits to write.</param>
    /// <param name="valueCap">Most characters of a value before its middle is left out.</param>
    public static string Write(TraceReport trace, int cap, int valueCap)
    {
        ArgumentNullException.ThrowIfNull(trace);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteStartArray("visits");
            foreach (int index in VisitCap.Indices(trace.Visits.Count, cap))
            {
                BlockVisit visit = trace.Visits[index];
                json.WriteStartObject();
                json.WriteNumber("blockId", visit.BlockId);
                json.WriteNumber("firstLine", visit.FirstLine);
                json.WriteNumber("lastLine", visit.LastLine);
                json.WriteString("source", visit.Source);
                json.WriteStartObject("stateAfter");
                foreach ((string name, string value) in visit.StateAfter)
                {
                    json.WriteString(name, TraceText.Shortened(value, valueCap));
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("total", trace.Total);
            if (trace.Result is { } result)
            {
                json.WriteString("result", TraceText.Shortened(result, valueCap));
            }

            if (trace.Error is { } error)
            {
                json.WriteString("error", error);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
