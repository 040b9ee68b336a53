using System.Net;
using System.Text.Json;
using Agents.Testing;
using Microsoft.AspNetCore.Builder;

namespace Agents.Server.Tests;

public sealed class AgentsServerOptionsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Validate_Defaults_AreTheDocumentedLimits()
    {
        AgentsServerOptions options = new();

        options.Validate();

        Assert.Equal(4 << 20, options.MaximumBodyBytes);
        Assert.Equal(1024, options.MaximumMessages);
        Assert.Empty(options.Strategies);
        Assert.Empty(options.ApiKeys);
    }

    [Fact]
    public void Validate_EverythingWrong_ListsAllWithoutTheKeys()
    {
        AgentsServerOptions options = new()
        {
            ModelId = "strategy:x",
            Strategies = ["a", "a"],
            ApiKeys = ["tiny-key"],
            MaximumBodyBytes = 1,
            MaximumMessages = 0,
            MaximumTokens = 0,
            MaximumChoices = 0,
            MaximumConcurrentRequests = 0,
        };

        ArgumentException error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Equal(8, error.Message.Split(';').Length);
        Assert.DoesNotContain("tiny-key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MapAgents_WithoutServices_SaysWhatToCall()
    {
        WebApplication app = WebApplication.CreateSlimBuilder().Build();

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => app.MapAgents());

        Assert.Contains("AddAgentsServer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_StrategiesWithoutAnEngine_IsRefused()
    {
        ServerException error = await Assert.ThrowsAsync<ServerException>(() => RunningServer.StartAsync(Model(), new AgentsServerOptions { Strategies = ["shout"] }));

        Assert.Contains("shout", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_ListTheModelAndTheExposedStrategiesOnly()
    {
        await using RunningServer server = await RunningServer.StartAsync(Model(), new AgentsServerOptions { Strategies = ["shout", "not-loaded"] }, RunningServer.Engine());

        JsonElement list = JsonElement.Parse(await server.Http.GetStringAsync("/v1/models", Stop));
        using HttpResponseMessage one = await server.Http.GetAsync("/v1/models/strategy:shout", Stop);
        using HttpResponseMessage none = await server.Http.GetAsync("/v1/models/strategy:not-loaded", Stop);

        Assert.Equal("list", list.GetProperty("object").GetString());
        Assert.Equal(["scripted-1", "strategy:shout"], list.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()));
        Assert.All(list.GetProperty("data").EnumerateArray(), entry => Assert.Equal("model", entry.GetProperty("object").GetString()));
        Assert.Equal(HttpStatusCode.OK, one.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Models_EngineKnowsMoreThanIsExposed_StaysHidden()
    {
        await using RunningServer server = await RunningServer.StartAsync(Model(), new AgentsServerOptions { ModelId = "mine" }, RunningServer.Engine());

        JsonElement list = JsonElement.Parse(await server.Http.GetStringAsync("/v1/models", Stop));
        (HttpStatusCode status, _) = await server.AskAsync("""{"model":"strategy:shout","messages":[{"role":"user","content":"a"}]}""");

        Assert.Equal(["mine"], list.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Theory]
    [InlineData("/livez", "live")]
    [InlineData("/readyz", "ready")]
    public async Task Health_OfARunningServer_IsGood(string path, string expected)
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        JsonElement state = JsonElement.Parse(await server.Http.GetStringAsync(path, Stop));

        Assert.Equal(expected, state.GetProperty("status").GetString());
    }

    private static ScriptedChatClient Model() => new ScriptedChatClient().On("", new ScriptedAnswer("ok"));
}
