using System.Net;
using System.Text.Json;
using Agents.Runtime.Hosting;

namespace Agents.Server.Tests.Hosting;

/// <summary>The runtime behind the endpoint, over a real socket.</summary>
public sealed class ServedAgentsTests : IDisposable
{
    private static readonly AgentsServerOptions Offer = new() { Strategies = ["self-consistency", "self-aggregation", "not-loaded"] };

    private readonly SeededAgents _agents = new();

    public void Dispose() => _agents.Dispose();

    [Fact]
    public async Task Models_ListTheModelAndTheLoadedStrategies()
    {
        await using RunningServer server = await StartAsync();

        JsonElement list = JsonElement.Parse(await server.Http.GetStringAsync("/v1/models", TestContext.Current.CancellationToken));

        Assert.Equal(
            [SeededAgents.ModelName, "strategy:self-consistency", "strategy:self-aggregation"],
            list.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()));
    }

    [Theory]
    [InlineData("strategy:self-consistency", 4)]
    [InlineData("strategy:self-aggregation", 4)]
    [InlineData(SeededAgents.ModelName, 1)]
    public async Task Post_Strategy_AnswersWithTheUsageOfAllItsCalls(string model, int calls)
    {
        await using RunningServer server = await StartAsync();

        (HttpStatusCode status, JsonElement body) = await server.AskAsync(Request(model, ""","max_tokens":12,"seed":3"""));

        Assert.True(status == HttpStatusCode.OK, body.ToString() + server.Log);
        Assert.Equal(model, body.GetProperty("model").GetString());
        Assert.NotEmpty(body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!);
        JsonElement usage = body.GetProperty("usage");
        int completion = usage.GetProperty("completion_tokens").GetInt32();
        Assert.InRange(completion, calls, 12 * calls);
        Assert.InRange(usage.GetProperty("prompt_tokens").GetInt32(), calls, SeededAgents.ContextLength * calls);
        Assert.Equal(usage.GetProperty("prompt_tokens").GetInt32() + completion, usage.GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task Post_UnseededRequests_DifferAndOneSeedRepeats()
    {
        await using RunningServer server = await StartAsync();

        string first = await TextAsync(server, "");
        string second = await TextAsync(server, "");
        string seeded = await TextAsync(server, ""","seed":5""");

        Assert.NotEqual(first, second);
        Assert.Equal(seeded, await TextAsync(server, ""","seed":5"""));
    }

    [Fact]
    public async Task Stream_Strategy_EndsWithUsageAndDone()
    {
        await using RunningServer server = await StartAsync();

        IReadOnlyList<string> events = await server.StreamAsync(
            Request("strategy:self-consistency", ""","max_tokens":12,"seed":3,"stream":true,"stream_options":{"include_usage":true}"""));

        Assert.Equal("[DONE]", events[^1]);
        Assert.InRange(JsonElement.Parse(events[^2]).GetProperty("usage").GetProperty("completion_tokens").GetInt32(), 4, 48);
    }

    [Theory]
    [InlineData("strategy:not-loaded")]
    [InlineData("strategy:best-of-n")]
    public async Task Post_StrategyThatIsNotLoadedOrNotOffered_Is404(string model)
    {
        await using RunningServer server = await StartAsync();

        (HttpStatusCode status, _) = await server.AskAsync(Request(model, ""));

        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    private static string Request(string model, string rest) =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"what is 12 + 30?"}]{{rest}}}""";

    private static async Task<string> TextAsync(RunningServer server, string rest)
    {
        (_, JsonElement body) = await server.AskAsync(Request("strategy:self-consistency", ""","max_tokens":12""" + rest));
        return body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(services => services.AddAgents(_agents.Configure), Offer);
}
