using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Connectors;
using Agents.Runtime.Features;
using Agents.Runtime.Hosting;
using Agents.Runtime.Reasoning;
using Agents.Runtime.Tests.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Agents.Runtime.Tests.Hosting;

public sealed class AddAgentsTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddAgents_DefaultSettings_AnswersThroughTheFacadeAndTheChatClient()
    {
        var loader = new ScriptedLoader();
        await using ServiceProvider provider = Provider(loader, options => options.Roles["verifier"] = "openai:judge@http://127.0.0.1:1/v1");
        foreach (IHostedService service in provider.GetServices<IHostedService>())
        {
            await service.StartAsync(Token);
        }

        ReasoningResult result = await provider.GetRequiredService<IAgents>().AskAsync("question", cancellationToken: Token);
        ChatResponse response = await provider.GetRequiredService<IChatClient>().GetResponseAsync("question", cancellationToken: Token);
        ChatResponse streamed = await provider.GetRequiredService<IChatClient>().GetStreamingResponseAsync("question", cancellationToken: Token).ToChatResponseAsync(Token);

        Assert.Equal(("ok", "direct", "ok", "ok"), (result.Answer!.Text, result.Strategy, response.Text, streamed.Text));
        Assert.Equal(["tiny", "openai:judge@http://127.0.0.1:1/v1"], loader.Opened);
        Assert.Equal(["direct", "other"], provider.GetRequiredService<IAgents>().Strategies.Select(info => info.Id));
    }

    [Fact]
    public async Task AddAgents_ExposureList_HidesOtherStrategies()
    {
        await using ServiceProvider provider = Provider(new ScriptedLoader(), options => options.Strategies = ["direct"]);
        IAgents agents = provider.GetRequiredService<IAgents>();

        Assert.Equal(["direct"], agents.Strategies.Select(info => info.Id));
        await Assert.ThrowsAsync<StrategyNotFoundException>(() => agents.AskAsync("question", "other", cancellationToken: Token));
    }

    [Fact]
    public void AddAgents_BrokenSettings_AreListedTogether()
    {
        var error = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddAgents(options =>
        {
            options.Model = "no-such-model";
            options.Roles["verifier"] = "http://bare";
            options.Budget = new Agents.Budgets.Budget { Calls = 0 };
            options.DefaultStrategy = "x";
            options.Strategies = ["direct"];
        }));

        Assert.All(["Agents:Model", "Agents:Roles:verifier", "calls is 0", "DefaultStrategy is 'x'"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    private static ServiceProvider Provider(IModelLoader loader, Action<AgentsOptions> configure)
    {
        static IAsyncEnumerable<ReasoningUpdate> Solve(ReasoningTask task, IReasoningContext context, CancellationToken cancellationToken) =>
            AsyncEnumerable.Range(0, 1).Select<int, ReasoningUpdate>(async (_, token) =>
                EngineFixture.Answer((await context.Model().GetResponseAsync(task.Messages, null, token)).Text));

        ServiceCollection services = new();
        FeatureTable own = new();
        own.Add<IReasoningStrategy>(new FeatureInfo("direct", "direct"), new DelegateStrategy(Solve));
        own.Add<IReasoningStrategy>(new FeatureInfo("other", "other"), new DelegateStrategy(Solve));
        services.AddSingleton(own);
        services.AddSingleton(loader);
        services.AddAgents(options =>
        {
            options.PluginFolders.Clear();
            configure(options);
        });
        return services.BuildServiceProvider();
    }

    private sealed class ScriptedLoader : IModelLoader
    {
        public List<string> Opened { get; } = [];

        public Task<RoleModel> LoadAsync(ModelReference reference, CancellationToken cancellationToken = default)
        {
            Opened.Add(reference.ToString());
            return Task.FromResult(new RoleModel(new ScriptedChatClient().On("", new ScriptedAnswer("ok"))));
        }
    }
}
