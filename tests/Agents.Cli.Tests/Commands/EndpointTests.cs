using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary><c>--model openai:NAME@URL</c> against a real server on a loopback port.</summary>
public sealed class EndpointTests
{
    [Fact]
    public async Task Direct_AsksTheServer()
    {
        await using ChatServer server = await ChatServer.StartAsync(question => question.Contains("3 + 4", StringComparison.Ordinal) ? "answer: 7" : "answer: 0");
        JsonElement document = (await AgentsProcess.RunAsync("ask", "what is 3 + 4?", "--model", $"openai:served@{server.Url}", "--json")).Json();
        Assert.Equal("answer: 7", document.GetProperty("answer").GetString());
        Assert.Equal("7", document.GetProperty("finalAnswer").GetString());
        Assert.Equal("served", document.GetProperty("model").GetString());
        Assert.Equal(JsonValueKind.Null, document.GetProperty("generation").ValueKind);
        Assert.Equal(11, document.GetProperty("usage").GetProperty("promptTokens").GetInt64());
        Assert.Equal(5, document.GetProperty("usage").GetProperty("completionTokens").GetInt64());
        Assert.Single(server.Keys);
    }

    [Theory]
    [InlineData("self-consistency")]
    [InlineData("universal-self-consistency")]
    [InlineData("self-aggregation")]
    [InlineData("self-refine")]
    [InlineData("best-of-n")]
    [InlineData("malt")]
    [InlineData("malt-tree")]
    [InlineData("sift")]
    [InlineData("verbalized-sampling")]
    [InlineData("auto", """{"useLogProbabilities":true}""")]
    [InlineData("self-aggregation", """{"candidatesFrom":{"strategy":"malt","samples":1}}""")]
    [InlineData("best-of-n", """{"candidatesFrom":"verbalized-sampling"}""")]
    [InlineData("sift", """{"maxStage":0,"answerWith":"self-consistency"}""")]
    [InlineData("code-pipeline")]
    [InlineData("test-time-improvement")]
    public async Task Every_strategy_runs_against_a_server(string strategy, string settings = "{}")
    {
        await using ChatServer server = await ChatServer.StartAsync(question => question.Contains("\"responses\"", StringComparison.Ordinal)
            ? """{"responses":[{"text":"7","probability":0.9}]}""" : "2 + 5 = 7\nanswer: 7");
        JsonElement document = (await AgentsProcess.RunAsync(
            "ask", "what is 2 + 5?", "--strategy", strategy, "--samples", "3", "--settings", settings, "--model", $"openai:served@{server.Url}", "--json")).Json();
        Assert.Equal("7", document.GetProperty("finalAnswer").GetString());
        Assert.Equal("completed", document.GetProperty("stoppedBecause").GetString());
    }

    /// <summary>Whatever strategies are installed: each one answers without log-probabilities and adapters, or refuses in one line.</summary>
    [Fact]
    public async Task Every_installed_strategy_answers_or_refuses_in_one_line()
    {
        JsonElement plugins = (await AgentsProcess.RunAsync("plugins", "list", "--json")).Json();
        string[] strategies = [.. plugins.GetProperty("items").EnumerateArray()
            .SelectMany(plugin => plugin.GetProperty("features").EnumerateArray())
            .Where(feature => feature.GetProperty("kind").GetString() == "reasoning-strategy")
            .Select(feature => feature.GetProperty("id").GetString()!)];
        await using ChatServer server = await ChatServer.StartAsync(question => question.Contains("\"responses\"", StringComparison.Ordinal)
            ? """{"responses":[{"text":"7","probability":0.9}]}""" : "2 + 5 = 7\nanswer: 7");
        Assert.Contains("auto", strategies);
        foreach (string strategy in strategies)
        {
            AgentsRun run = await AgentsProcess.RunAsync("ask", "what is 2 + 5?", "--strategy", strategy, "--model", $"openai:served@{server.Url}", "--json");
            if (run.ExitCode == 0)
            {
                JsonElement document = run.Json();
                Assert.False(string.IsNullOrWhiteSpace(document.GetProperty("answer").GetString()), $"{strategy}: an empty answer");
                Assert.Equal("completed", document.GetProperty("stoppedBecause").GetString());
            }
            else
            {
                run.FailsWith(1, strategy);
            }
        }
    }

    [Theory]
    [InlineData("python", "def f(n):\n    return n", "def f(n):\n    return 2 * n")]
    [InlineData("csharp", "static int f(int n) => n;", "static int f(int n) => 2 * n;")]
    public async Task Code_pipeline_repairs_a_program_in_its_sandbox(string language, string wrong, string right)
    {
        await using ChatServer server = await ChatServer.StartAsync(question =>
            question.Contains("one object per block", StringComparison.Ordinal) ? """[{"block":"B0","content":"return","correct":false,"explanation":"not doubled"}]"""
            : $"```\n{(question.Contains("not doubled", StringComparison.Ordinal) && question.Contains("f(3) gave 3, expected 6", StringComparison.Ordinal) ? right : wrong)}\n```");

        AgentsRun run = await AgentsProcess.RunAsync(
            "ask", "Double a number.\nf(3) == 6\nf(0) == 0", "--strategy", "code-pipeline", "--settings", $$"""{"flow":"debug","language":"{{language}}","timeoutSeconds":30}""", "--model", $"openai:served@{server.Url}", "--json");

        Assert.SkipWhen(run.Error.Contains("never run unprotected", StringComparison.Ordinal) || run.Error.Contains("Python programs need", StringComparison.Ordinal), run.Error);
        Assert.Contains(right, run.Json().GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, run.Json().GetProperty("usage").GetProperty("calls").GetInt32());
    }

    [Fact]
    public async Task Key_FromTheEnvironment_IsSentAndNeverShown()
    {
        await using ChatServer server = await ChatServer.StartAsync(_ => "hi");
        AgentsInvocation invocation = new() { Environment = new Dictionary<string, string> { ["AGENTS_API_KEY"] = "sk-secret-123" } };
        AgentsRun run = await AgentsProcess.RunAsync(invocation, "ask", "x", "--model", $"openai:m@{server.Url}", "--json", "--verbose");
        run.Json();
        Assert.Equal("Bearer sk-secret-123", Assert.Single(server.Keys));
        Assert.DoesNotContain("sk-secret", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_key_says_what_to_do()
    {
        await using ChatServer server = await ChatServer.StartAsync(_ => "", status: 401);
        AgentsRun run = await AgentsProcess.RunAsync("ask", "x", "--model", $"openai:m@{server.Url}");
        run.FailsWith(1, "401", "no such key", "AGENTS_API_KEY");
    }

    [Fact]
    public async Task A_server_that_is_down_is_one_line()
    {
        string url;
        await using (ChatServer server = await ChatServer.StartAsync(_ => ""))
        {
            url = server.Url;
        }

        AgentsRun run = await AgentsProcess.RunAsync("ask", "x", "--model", $"openai:m@{url}", "--retries", "0", "--json");
        run.FailsWith(1, url, "connection refused");
    }

    [Theory]
    [InlineData("openai:m")]
    [InlineData("openai:@http://127.0.0.1:1/v1")]
    [InlineData("openai:m@ftp://127.0.0.1/v1")]
    public async Task A_malformed_endpoint_shows_the_form(string reference)
    {
        AgentsRun run = await AgentsProcess.RunAsync("ask", "x", "--model", reference);
        run.FailsWith(2, "openai:NAME@URL");
    }

    [Fact]
    public async Task Eval_OverAnEndpoint_CountsRightAnswers()
    {
        string file = Path.Combine(BuildPaths.Folder("eval-endpoint"), "questions.jsonl");
        await File.WriteAllLinesAsync(
            file,
            ["""{"question":"what is 1 + 1?","answer":"2"}""", """{"question":"what is 2 + 2?","answer":"4"}""", """{"question":"what is 3 + 3?","answer":"6"}"""],
            TestContext.Current.CancellationToken);
        await using ChatServer server = await ChatServer.StartAsync(question => question.Contains("3 + 3", StringComparison.Ordinal) ? "answer: 7" : question.Contains("1 + 1", StringComparison.Ordinal) ? "answer: 2" : "so 4\nanswer: 4");
        AgentsRun run = await AgentsProcess.RunAsync("eval", "--task", file, "--strategy", "direct", "--model", $"openai:m@{server.Url}", "--json");
        JsonElement document = run.Json();
        Assert.Equal("questions", document.GetProperty("task").GetString());
        Assert.Equal("direct", document.GetProperty("strategy").GetString());
        Assert.Equal(3, document.GetProperty("count").GetInt32());
        Assert.Equal(2, document.GetProperty("correct").GetInt32());
        Assert.Equal(2.0 / 3, document.GetProperty("accuracy").GetDouble(), 9);
        Assert.Equal(2, document.GetProperty("confidence95").GetArrayLength());
        Assert.Equal(1, document.GetProperty("callsPerQuestion").GetDouble());
        Assert.Equal(24, document.GetProperty("tokensPerCorrect").GetDouble());
        Assert.True(document.GetProperty("secondsPerCorrect").GetDouble() > 0);
    }
}
