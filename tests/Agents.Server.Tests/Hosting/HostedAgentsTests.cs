using System.Text.Json;
using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Hosting;
using Agents.Runtime.Reasoning;
using Agents.Tracing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Agents.Server.Tests.Hosting;

/// <summary>A host that adds the runtime, from the model file to the answer.</summary>
public sealed class HostedAgentsTests : IDisposable
{
    private readonly SeededAgents _agents = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _agents.Dispose();

    [Fact]
    public async Task Strategies_OfThePluginFolder_AreListed()
    {
        using IHost host = await StartAsync();

        Assert.Equal(
            ["best-of-n", "direct", "self-aggregation", "self-consistency", "self-refine", "universal-self-consistency"],
            host.Services.GetRequiredService<IAgents>().Strategies.Select(info => info.Id));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4096)]
    public async Task AskAsync_SelfAggregation_ShowsCandidatesToTheLastCallWhateverTheLimit(int maxTokens)
    {
        using IHost host = await StartAsync();

        // Without temperature random weights repeat one token, here a line end, and a blank answer is no aggregate.
        JsonElement settings = JsonElement.Parse("""{"aggregateTemperature":0.8}""");
        ReasoningRequest request = new() { Options = new StrategyOptions { Samples = 3, MaxTokens = maxTokens, Seed = 5, Settings = settings } };

        ReasoningResult result = await host.Services.GetRequiredService<IAgents>().AskAsync("what is 12 + 30?", "self-aggregation", request, Stop);

        Assert.Equal(("self-aggregation", SeededAgents.ModelName, StoppedBecause.Completed), (result.Strategy, result.Model, result.StoppedBecause));
        Assert.InRange(Assert.IsType<int>(result.Answer!.Details["shown"]), 1, 3);
        TraceNode[] calls = [.. result.Trace.Where(node => node.Kind == TraceNodeKind.Call)];
        Assert.Equal(4, calls.Length);
        Assert.Equal(4, result.Usage.Calls);
        Assert.All(calls, call => Assert.NotNull(call.Record));
        Assert.Equal(result.Usage.CompletionTokens, calls.Sum(call => call.Record!.CompletionTokenIds.Count));
        Assert.Equal(3, calls[..3].Select(call => call.Text).Distinct().Count());
    }

    [Fact]
    public async Task AskAsync_SameSeed_GivesTheSameAnswerInAnotherHost()
    {
        ReasoningRequest request = new() { Options = new StrategyOptions { Samples = 3, MaxTokens = 16, Seed = 9 } };
        List<string> texts = [];
        for (int round = 0; round < 2; round++)
        {
            using IHost host = await StartAsync();
            texts.Add((await host.Services.GetRequiredService<IAgents>().AskAsync("what is 12 + 30?", "self-consistency", request, Stop)).Answer!.Text);
        }

        Assert.NotEmpty(texts[0]);
        Assert.Equal(texts[0], texts[1]);
    }

    [Fact]
    public async Task ChatClient_OfTheHost_AnswersWithTheDefaultStrategyAndNamesItsModel()
    {
        using IHost host = await StartAsync(options => options.DefaultStrategy = "self-aggregation");
        IChatClient client = host.Services.GetRequiredService<IChatClient>();

        ChatResponse response = await client.GetResponseAsync("what is 12 + 30?", new ChatOptions { MaxOutputTokens = 8, Seed = 1 }, Stop);

        Assert.Equal("self-aggregation", response.AdditionalProperties![StrategyResponseKeys.Strategy]);
        Assert.Equal(4, response.Usage!.AdditionalCounts!["agents.calls"]);
        Assert.Equal(SeededAgents.ModelName, client.GetService<ChatClientMetadata>()!.DefaultModelId);
    }

    private async Task<IHost> StartAsync(Action<AgentsOptions>? change = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAgents(options =>
        {
            _agents.Configure(options);
            change?.Invoke(options);
        });
        IHost host = builder.Build();
        await host.StartAsync(Stop);
        return host;
    }
}
