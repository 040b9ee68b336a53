using System.Text;
using System.Text.Json;
using Agents.Plugins.CodePipeline.Running;

namespace Agents.Plugins.CodePipeline.Sandboxing;

/// <summary>
/// What is said to a runner process and what it may answer. A request is one JSON object; an answer is a JSON object per line: <c>{"start":i}</c> and <c>{"test":i,"passed":…,"actual":…,"error":…}</c> per test,
/// <c>{"failed":…}</c> when the program does not even start, <c>{"trace":{"visits":[…],"total":…,"result":…,"error":…}}</c>. Answers come from a process that may be hostile: anything else is no answer.
/// </summary>
internal static class RunnerMessages
{
    /// <summary>Most visits that a runner keeps of a long trace: half from the beginning, half from the end.</summary>
    public const int KeptVisits = 1000;

    private const int MaximumText = 4000;

    /// <summary>Writes the request to run tests.</summary>
    /// <param name="program">Source text.</param>
    /// <param name="tests">The tests.</param>
    public static string Run(string program, IEnumerable<CodeTest> tests) => Write(program, json =>
    {
        json.WriteStartArray("tests");
        foreach (CodeTest test in tests)
        {
            json.WriteStartObject();
            json.WriteString("call", test.Call);
            json.WriteString("expected", test.Expected);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Writes the request to trace a call.</summary>
    /// <param name="program">Source text.</param>
    /// <param name="call">The call.</param>
    /// <param name="timeout">After how long the trace ends by itself.</param>
    public static string Trace(string program, string call, TimeSpan timeout) => Write(program, json =>
    {
        json.WriteString("trace", call);
        json.WriteNumber("seconds", timeout.TotalSeconds);
        json.WriteNumber("keep", KeptVisits);
    });

    /// <summary>Reads one line of an answer; null when it is none.</summary>
    /// <param name="line">The line.</param>
    public static JsonElement? Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns the number of a property; null when there is none.</summary>
    /// <param name="element">An object.</param>
    /// <param name="name">Name of the property.</param>
    public static int? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : null;

    /// <summary>Returns the text of a property, cut to a sane length; null when there is none.</summary>
    /// <param name="element">An object.</param>
    /// <param name="name">Name of the property.</param>
    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } text ? Limited(text) : null;

    /// <summary>Reads a test's result.</summary>
    /// <param name="message">The message.</param>
    /// <param name="test">The test that it is about.</param>
    public static CodeTestResult Result(JsonElement message, CodeTest test)
    {
        string? error = Text(message, "error");
        string? actual = Text(message, "actual");
        bool passed = error is null && message.TryGetProperty("passed", out JsonElement value) && value.ValueKind == JsonValueKind.True;
        return new CodeTestResult(test, passed, actual, error ?? (actual is null && !passed ? "the runner gave no value" : null));
    }

    /// <summary>Reads a trace; null when it is malformed.</summary>
    /// <param name="trace">The value of <c>trace</c>.</param>
    public static TraceReport? Trace(JsonElement trace)
    {
        if (trace.ValueKind != JsonValueKind.Object || !trace.TryGetProperty("visits", out JsonElement list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > KeptVisits)
        {
            return null;
        }

        List<BlockVisit> visits = [];
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || Number(item, "blockId") is not { } id || Number(item, "firstLine") is not { } first || Number(item, "lastLine") is not { } last
                || Text(item, "source") is not { } source || !item.TryGetProperty("stateAfter", out JsonElement state) || state.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var values = new Dictionary<string, string>();
            foreach (JsonProperty variable in state.EnumerateObject())
            {
                values[Limited(variable.Name)] = variable.Value.ValueKind == JsonValueKind.String ? Limited(variable.Value.GetString()!) : "?";
            }

            visits.Add(new BlockVisit(id, first, last, source, values));
        }

        return new TraceReport(visits, Math.Max(visits.Count, Number(trace, "total") ?? 0), Text(trace, "result"), Text(trace, "error"));
    }

    private static string Limited(string text) => text.Length <= MaximumText ? text : text[..MaximumText];

    private static string Write(string program, Action<Utf8JsonWriter> rest)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("program", program);
            rest(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
