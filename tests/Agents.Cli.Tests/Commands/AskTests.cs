using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary><c>agents ask</c> with a model in this process.</summary>
public sealed class AskTests(RandomModel model)
{
    [Fact]
    public async Task Json_HasTheDocumentedFieldsAndAConsistentTrace()
    {
        JsonElement document = (await AskAsync("what is 1 + 1?", "--strategy", "self-aggregation", "--samples", "2")).Json();
        foreach (string field in (string[])["answer", "finalAnswer", "strategy", "model", "generation", "stoppedBecause", "usage", "trace"])
        {
            Assert.True(document.TryGetProperty(field, out _), field);
        }

        Assert.Equal("self-aggregation", document.GetProperty("strategy").GetString());
        Assert.Equal("random-tiny", document.GetProperty("model").GetString());
        Assert.Equal(64, document.GetProperty("generation").GetString()!.Length);
        Assert.Equal("completed", document.GetProperty("stoppedBecause").GetString());
        JsonElement usage = document.GetProperty("usage");
        JsonElement[] nodes = [.. document.GetProperty("trace").EnumerateArray()];
        JsonElement[] calls = [.. nodes.Where(node => node.GetProperty("kind").GetString() == "call")];
        Assert.Equal(JsonValueKind.Null, nodes[0].GetProperty("parentId").ValueKind);
        Assert.All(nodes.Skip(1), node => Assert.True(node.GetProperty("parentId").GetInt32() < node.GetProperty("id").GetInt32()));
        Assert.Equal(usage.GetProperty("calls").GetInt32(), calls.Length);
        Assert.Equal(usage.GetProperty("completionTokens").GetInt64(), calls.Sum(call => call.GetProperty("completionTokens").GetInt64()));
        Assert.All(calls, call => Assert.Equal(call.GetProperty("completionTokens").GetInt64(), call.GetProperty("tokens").GetProperty("completionIds").GetArrayLength()));
    }

    [Fact]
    public async Task Text_ShowsTheTraceAsATree()
    {
        AgentsRun run = await AgentsProcess.RunAsync("ask", "what is 1 + 1?", "--model", model.Path, "--max-tokens", "5", "--strategy", "self-consistency", "--samples", "2");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Error);
        Assert.Contains("self-consistency", run.Output, StringComparison.Ordinal);
        Assert.Contains("└── ", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, run.Output.Split("call default").Length - 1);
        Assert.Contains("2 calls, ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seeds_DecideTheAnswer()
    {
        async Task<string> Answer(string seed) => (await AskAsync("x", "--temperature", "1", "--seed", seed)).Json().GetProperty("answer").GetString()!;
        Assert.Equal(await Answer("5"), await Answer("5"));
        Assert.NotEqual(await Answer("5"), await Answer("6"));
    }

    [Fact]
    public async Task Question_FromStandardInput_IsRead()
    {
        AgentsRun run = await AgentsProcess.RunAsync(
            new AgentsInvocation { Input = "abab\n" }, "ask", "-", "--model", model.Path, "--max-tokens", "3", "--json");
        JsonElement document = run.Json();
        JsonElement call = document.GetProperty("trace").EnumerateArray().First(node => node.GetProperty("kind").GetString() == "call");
        JsonElement direct = (await AskAsync("abab", "--max-tokens", "3")).Json().GetProperty("trace").EnumerateArray().First(node => node.GetProperty("kind").GetString() == "call");
        Assert.Equal(direct.GetProperty("promptTokens").GetInt64(), call.GetProperty("promptTokens").GetInt64());
        Assert.Equal(direct.GetProperty("tokens").GetProperty("promptIds").GetRawText(), call.GetProperty("tokens").GetProperty("promptIds").GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task An_empty_question_is_wrong_usage(string question)
    {
        AgentsRun run = await AgentsProcess.RunAsync("ask", question, "--model", model.Path);
        run.FailsWith(2, "question is empty");
    }

    [Fact]
    public async Task An_unknown_strategy_offers_the_nearest_before_a_model_is_opened()
    {
        AgentsRun run = await AgentsProcess.RunAsync("ask", "x", "--strategy", "self-agregation", "--model", "missing.gguf");
        run.FailsWith(2, "'self-agregation'", "'self-aggregation'");
    }

    [Fact]
    public async Task A_misspelt_setting_offers_the_nearest()
    {
        AgentsRun run = await AgentsProcess.RunAsync("ask", "x", "--model", model.Path, "--strategy", "self-aggregation", "--settings", "{\"dedup\":true}");
        run.FailsWith(2, "'dedup'", "'dedupe'");
    }

    [Fact]
    public async Task A_limit_of_calls_is_kept()
    {
        JsonElement document = (await AskAsync("x", "--strategy", "self-consistency", "--samples", "4", "--budget-calls", "2")).Json();
        Assert.InRange(document.GetProperty("usage").GetProperty("calls").GetInt32(), 1, 2);
    }

    [Fact]
    public async Task A_system_message_is_part_of_the_prompt()
    {
        JsonElement plain = (await AskAsync("x", "--max-tokens", "1")).Json();
        JsonElement system = (await AskAsync("x", "--max-tokens", "1", "--system", "be brief")).Json();
        Assert.True(system.GetProperty("usage").GetProperty("promptTokens").GetInt64() > plain.GetProperty("usage").GetProperty("promptTokens").GetInt64());
    }

    private Task<AgentsRun> AskAsync(string question, params string[] more)
    {
        string[] limit = more.Contains("--max-tokens") ? [] : ["--max-tokens", "6"];
        return AgentsProcess.RunAsync(["ask", question, "--model", model.Path, "--json", .. limit, .. more]);
    }
}
