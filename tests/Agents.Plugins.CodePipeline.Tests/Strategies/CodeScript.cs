using System.Globalization;
using Agents.Plugins.CodePipeline.Running;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.CodePipeline.Tests.Strategies;

/// <summary>Scripted roles, recognized by what their prompts ask for.</summary>
internal static class CodeScript
{
    public const string Plan = "Do not write code";
    public const string Code = "Write this program";
    public const string Test = "Review the program by reading";
    public const string Fix = "A tester's report";
    public const string Explain = "Go through the blocks";
    public const string Repair = "Do not single out the test's input";

    public const string Explanations = """Sure: [{"block": "B0", "content": "a = 1", "correct": true, "explanation": "fine"}, {"block": "B1", "content": "i<n", "correct": false, "explanation": "one too few"}]""";

    /// <summary>Gets a Python task with two visible tests.</summary>
    public static ReasoningTask Task { get; } = ReasoningTask.FromQuestion("def f(n):\n    \"\"\"Twice n.\n    >>> f(3)\n    6\n    >>> f(4)\n    8\n    \"\"\"");

    /// <summary>Every role answers; versions of the program are numbered; the tester never lets one pass.</summary>
    public static ScriptedChatClient Failing(string verdict = "FAIL")
    {
        int version = 0;
        return new ScriptedChatClient()
            .On(Plan, new ScriptedAnswer("1. Double it."))
            .On(Test, new ScriptedAnswer($"It does not PASS as it is.\n{verdict}"))
            .On(Explain, new ScriptedAnswer(Explanations))
            .On("", (_, _) => $"```python\nversion = {Interlocked.Increment(ref version)}\n```\nAnswer: {version}");
    }

    /// <summary>Everything is drawn, so that streams which are not the request's own show.</summary>
    public static ScriptedChatClient Drawing() => new ScriptedChatClient()
        .On(Plan, (_, stream) => Draw("Step", ref stream))
        .On(Test, (_, stream) => Draw("FAIL", ref stream) + " FAIL")
        .On(Explain, (_, stream) => Draw("Block", ref stream))
        .On("", (_, stream) => Draw("Answer:", ref stream));

    public static Task<ReasoningResult> RunAsync(ScriptedChatClient model, CodeRunners runners, string settings, int? calls = null, ReasoningTask? task = null)
    {
        FeatureTable features = new FeatureTable().Add(new FeatureInfo(CodePipelineStrategy.Id, "test"), (IReasoningStrategy)new CodePipelineStrategy(runners));
        var bench = new PluginBench(features, RoleModels.Single(model));
        return bench.SolveAsync(CodePipelineStrategy.Id, PluginBench.Options(settings), calls is { } limit ? new Budgets.Budget { Calls = limit } : null, task ?? Task, TestContext.Current.CancellationToken);
    }

    public static int Count(ScriptedChatClient model, string part) => Prompts(model, part).Length;

    public static string[] Prompts(ScriptedChatClient model, string part) =>
        [.. model.Calls.Select(call => string.Join('\n', call.Messages.Select(message => message.Text))).Where(text => text.Contains(part, StringComparison.Ordinal))];

    private static string Draw(string label, ref SampleStream stream) => string.Create(CultureInfo.InvariantCulture, $"{label} {stream.NextInt(1000)}");
}
