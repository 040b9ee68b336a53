using System.Text;
using System.Text.Json;
using Agents.CodeRunner;
using Agents.CodeRunner.Execution;
using Agents.Plugins.CodePipeline.Running;
using Agents.Plugins.CodePipeline.Sandboxing;

namespace Agents.Plugins.CodePipeline.Tests.CSharp;

/// <summary>The code of the C# runner process without process and sandbox, its answers read as the plugin reads them.</summary>
internal static class RunnerInProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static CodeTestResult Test(string program, string call, string expected) => Assert.Single(Run(program, [new CodeTest(call, expected)]).Results);

    public static RunReport Run(string program, IReadOnlyList<CodeTest> tests)
    {
        JsonElement[] messages = Answers(channel => TestRun.Execute(program, [.. tests.Select(test => (test.Call, test.Expected))], channel));
        return RunnerMessages.Text(messages[0], "failed") is { } failed
            ? RunReport.Failed(tests, failed)
            : new RunReport([.. messages.Where(message => message.TryGetProperty("test", out _)).Select((message, index) => RunnerMessages.Result(message, tests[index]))]);
    }

    public static TraceReport Trace(string program, string call)
    {
        JsonElement last = Answers(channel => TraceRun.Execute(program, call, Limit, RunnerMessages.KeptVisits, channel))[^1];
        return RunnerMessages.Text(last, "failed") is { } failed ? TraceReport.Failed(failed) : RunnerMessages.Trace(last.GetProperty("trace"))!;
    }

    private static JsonElement[] Answers(Action<AnswerChannel> run)
    {
        using var output = new MemoryStream();
        run(new AnswerChannel(output));
        return [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => RunnerMessages.Read(line)!.Value)];
    }
}
