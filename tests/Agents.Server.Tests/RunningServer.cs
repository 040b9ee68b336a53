using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Agents.Server.Tests;

/// <summary>A real server on a free loopback port, with everything it logs.</summary>
internal sealed class RunningServer : IAsyncDisposable, ILoggerProvider
{
    private readonly ConcurrentQueue<string> _log = new();
    private readonly WebApplication _app;

    private RunningServer(IChatClient client, AgentsServerOptions? options, ReasoningEngine? engine, string url)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(this);
        builder.Services.AddSingleton(client);
        if (engine is not null)
        {
            builder.Services.AddSingleton(engine);
        }

        builder.Services.AddAgentsServer(options);
        _app = builder.Build();
        _app.MapAgents();
    }

    public HttpClient Http { get; } = new();

    public Uri Address => new(_app.Urls.First());

    public string Log => string.Join('\n', _log);

    public static async Task<RunningServer> StartAsync(
        IChatClient client, AgentsServerOptions? options = null, ReasoningEngine? engine = null, string url = "http://127.0.0.1:0")
    {
        RunningServer server = new(client, options, engine, url);
        try
        {
            await server._app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        server.Http.BaseAddress = server.Address;
        return server;
    }

    /// <summary>An engine that knows one strategy: it asks the model once and puts a word in front.</summary>
    public static ReasoningEngine Engine(string id = "shout")
    {
        FeatureTable features = new FeatureTable().Add<IReasoningStrategy>(new FeatureInfo(id, "Shouts."), new DelegateStrategy(ShoutAsync));
        return new ReasoningEngine(features, MemoryPrompts.Empty, LabelledAnswerFormat.Instance);
    }

    public Task<HttpResponseMessage> PostAsync(string json, string mediaType = "application/json") =>
        Http.PostAsync("/v1/chat/completions", new StringContent(json, Encoding.UTF8, mediaType), TestContext.Current.CancellationToken);

    /// <summary>Posts and reads the answer as JSON.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(string json)
    {
        using HttpResponseMessage response = await PostAsync(json);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>Posts and reads the events of the answer.</summary>
    public async Task<IReadOnlyList<string>> StreamAsync(string json)
    {
        using HttpResponseMessage response = await PostAsync(json);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line["data: ".Length..])];
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Recorder(_log);

    void IDisposable.Dispose()
    {
    }

    private static async IAsyncEnumerable<ReasoningUpdate> ShoutAsync(
        ReasoningTask task, IReasoningContext context, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new StepStartedUpdate(context.NodeId, "shout");
        ChatOptions options = new() { Seed = unchecked((long)context.Options.Seed), MaxOutputTokens = context.Options.MaxTokens };
        ChatResponse response = await context.Model().GetResponseAsync(task.Messages, options, cancellationToken);
        yield return new AnswerUpdate(new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, "HEY " + response.Text)));
    }

    private sealed class Recorder(ConcurrentQueue<string> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
    }
}
