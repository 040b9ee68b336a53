using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Runtime.Connectors;
using Agents.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Connectors;

public sealed class OpenAIChatClientTests
{
    private static readonly ChatMessage[] Question = [new(ChatRole.User, "hello")];
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetResponseAsync_PlainAnswer_MapsTextUsageAndModel()
    {
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, _) => OpenAIServer.CompleteAsync(context, "hi there"));
        using var sut = new OpenAIChatClient(server.Endpoint, "my-model", new OpenAIChatClientOptions { ApiKey = "secret-key" });

        ChatResponse response = await sut.GetResponseAsync(Question, cancellationToken: Token);

        Assert.Equal(("hi there", "served-model", ChatFinishReason.Stop, 10, 5), (response.Text, response.ModelId, response.FinishReason, response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
        Assert.Equal("Bearer secret-key", Assert.Single(server.Authorizations));
        Assert.Equal("my-model", (string?)Assert.Single(server.Bodies)["model"]);
    }

    [Fact]
    public async Task GetResponseAsync_Options_ReachTheWire()
    {
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, _) => OpenAIServer.CompleteAsync(context, "{}"));
        using var sut = new OpenAIChatClient(server.Endpoint, "m");
        var options = new ChatOptions
        {
            Temperature = 0.25f, TopP = 0.5f, MaxOutputTokens = 77, StopSequences = ["END", "STOP"], Seed = 42, FrequencyPenalty = 0.5f, PresencePenalty = 0.75f, Instructions = "be brief",
            ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("""{"type":"object"}""").RootElement, "shape"),
        };

        await sut.GetResponseAsync(Question, options, Token);

        JsonNode body = Assert.Single(server.Bodies);
        Assert.Equal((0.25, 0.5, 77, 77, 42), ((double)body["temperature"]!, (double)body["top_p"]!, (int)body["max_tokens"]!, (int)body["max_completion_tokens"]!, (int)body["seed"]!));
        Assert.Equal("""["END","STOP"]""", body["stop"]!.ToJsonString());
        Assert.Equal((0.5, 0.75), ((double)body["frequency_penalty"]!, (double)body["presence_penalty"]!));
        Assert.Equal(("json_schema", "shape", "object"), ((string?)body["response_format"]!["type"], (string?)body["response_format"]!["json_schema"]!["name"], (string?)body["response_format"]!["json_schema"]!["schema"]!["type"]));
        Assert.Equal(["system", "user"], body["messages"]!.AsArray().Select(message => (string?)message!["role"]));
    }

    [Fact]
    public async Task GetResponseAsync_SampleStream_BecomesTheSeedAndTheExplicitSeedWins()
    {
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, _) => OpenAIServer.CompleteAsync(context, "x"));
        using var sut = new OpenAIChatClient(server.Endpoint, "m");
        ChatOptions With(long? seed) => new() { Seed = seed, AdditionalProperties = new AdditionalPropertiesDictionary { [ChatOptionKeys.Stream] = new SampleStream(1) } };

        await sut.GetResponseAsync(Question, With(null), Token);
        await sut.GetResponseAsync(Question, With(null), Token);
        await sut.GetResponseAsync(Question, With(5), Token);

        long[] seeds = [.. server.Bodies.Select(body => (long)body["seed"]!)];
        Assert.Equal(seeds[0], seeds[1]);
        Assert.Equal(5, seeds[2]);
        Assert.InRange(seeds[0], 0, int.MaxValue);
    }

    [Fact]
    public async Task GetResponseAsync_ToolsAndImages_TravelBothWays()
    {
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, _) => OpenAIServer.JsonAsync(
            context,
            [new JsonObject
            {
                ["index"] = 0, ["finish_reason"] = "tool_calls",
                ["message"] = new JsonObject
                {
                    ["role"] = "assistant", ["content"] = null,
                    ["tool_calls"] = new JsonArray(new JsonObject { ["id"] = "c2", ["type"] = "function", ["function"] = new JsonObject { ["name"] = "add", ["arguments"] = """{"a":1}""" } }),
                },
            }],
            1,
            1));
        using var sut = new OpenAIChatClient(server.Endpoint, "m");
        AIFunction add = AIFunctionFactory.Create((int a) => a + 1, "add", "Adds one.");
        ChatMessage[] messages =
        [
            new(ChatRole.User, [new TextContent("look"), new DataContent(new byte[] { 1, 2, 3 }, "image/png")]),
            new(ChatRole.Assistant, [new FunctionCallContent("c1", "add", new Dictionary<string, object?> { ["a"] = 4 })]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", 5), new FunctionResultContent("c0", "text")]),
        ];

        ChatResponse response = await sut.GetResponseAsync(messages, new ChatOptions { Tools = [add], ToolMode = ChatToolMode.RequireAny }, Token);

        FunctionCallContent call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal(("c2", "add", 1, ChatFinishReason.ToolCalls), (call.CallId, call.Name, ((JsonElement)call.Arguments!["a"]!).GetInt32(), response.FinishReason));
        JsonArray sent = Assert.Single(server.Bodies)["messages"]!.AsArray();
        Assert.Equal("data:image/png;base64,AQID", (string?)sent[0]!["content"]![1]!["image_url"]!["url"]);
        Assert.Equal(("c1", """{"a":4}"""), ((string?)sent[1]!["tool_calls"]![0]!["id"], (string?)sent[1]!["tool_calls"]![0]!["function"]!["arguments"]));
        Assert.Equal([("tool", "c1", "5"), ("tool", "c0", "text")], sent.Skip(2).Select(node => ((string?)node!["role"], (string?)node["tool_call_id"], (string?)node["content"])));
        Assert.Equal("required", (string?)server.Bodies.Single()["tool_choice"]);
        Assert.Equal("add", (string?)server.Bodies.Single()["tools"]![0]!["function"]!["name"]);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_Events_MapTextToolCallsAndUsage()
    {
        JsonObject Call(string? id, string? name, string arguments) => new()
        {
            ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = 0, ["id"] = id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments } }),
        };
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, _) => OpenAIServer.StreamAsync(
            context, [OpenAIServer.Text("Hel"), OpenAIServer.Text("lo"), Call("c1", "add", "{\"a\""), Call(null, null, ":3}")], "tool_calls"));
        using var sut = new OpenAIChatClient(server.Endpoint, "m");

        List<ChatResponseUpdate> updates = await sut.GetStreamingResponseAsync(Question, cancellationToken: Token).ToListAsync(Token);
        ChatResponse response = updates.ToChatResponse();

        Assert.Equal(["Hel", "lo"], updates.Select(update => update.Text).Where(text => text.Length > 0));
        Assert.Equal(("Hello", 3, ChatFinishReason.ToolCalls), (response.Text, response.Usage!.OutputTokenCount, response.FinishReason));
        Assert.Equal(3, ((JsonElement)response.Messages[0].Contents.OfType<FunctionCallContent>().Single().Arguments!["a"]!).GetInt32());
        Assert.True((bool)Assert.Single(server.Bodies)["stream_options"]!["include_usage"]!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetStreamingResponseAsync_ConnectionEndsMidStream_IsAnErrorNotAShortAnswer(bool abort)
    {
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OpenAIServer server = await OpenAIServer.StartAsync(async (context, _) =>
        {
            await OpenAIServer.StreamAsync(context, [OpenAIServer.Text("half")], finish: null);
            if (abort)
            {
                await received.Task; // an abort discards what is still on its way
                context.Abort();
            }
        });
        using var sut = new OpenAIChatClient(server.Endpoint, "m");
        List<string> texts = [];

        var error = await Assert.ThrowsAsync<EndpointException>(async () =>
        {
            await foreach (ChatResponseUpdate update in sut.GetStreamingResponseAsync(Question, cancellationToken: Token))
            {
                texts.Add(update.Text);
                received.TrySetResult();
            }
        });

        Assert.Equal(["half"], texts);
        Assert.True(error.Retryable);
        Assert.Contains(server.Endpoint.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SampleAsync_ServerHonoursN_SendsOneRequestAndSharesUsage()
    {
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, _) => OpenAIServer.CompleteAsync(context, "a", "bbb", "cc"));
        using var sut = new OpenAIChatClient(server.Endpoint, "m");

        IReadOnlyList<ChatResponse> responses = await sut.SampleAsync(Question, 3, cancellationToken: Token);

        Assert.Equal(3, (int)Assert.Single(server.Bodies)["n"]!);
        Assert.Equal(["a", "bbb", "cc"], responses.Select(response => response.Text));
        Assert.Equal((10, 15), (responses.Sum(response => response.Usage!.InputTokenCount), responses.Sum(response => response.Usage!.OutputTokenCount)));
        Assert.NotNull(sut.GetService<IGroupSampler>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SampleAsync_ServerIgnoresOrRefusesN_FallsBackAndRemembers(bool refuses)
    {
        OpenAIServer server = null!;
        server = await OpenAIServer.StartAsync((context, i) => refuses && i == 0
            ? OpenAIServer.FailAsync(context, 400, "n must be 1")
            : OpenAIServer.CompleteAsync(context, "x"));
        await using OpenAIServer owned = server;
        using var sut = new OpenAIChatClient(server.Endpoint, "m");

        IReadOnlyList<ChatResponse> responses = await sut.SampleAsync(Question, 3, cancellationToken: Token);

        Assert.Equal(3, responses.Count);
        Assert.Equal(refuses ? 4 : 3, server.Bodies.Count);
        Assert.Equal(1, server.Bodies.Count(body => body["n"] is not null));
        Assert.Null(sut.GetService<IGroupSampler>());
    }

    [Theory]
    [InlineData(401, "AGENTS_API_KEY", false)]
    [InlineData(404, "model name 'm'", false)]
    [InlineData(400, "does not accept", false)]
    [InlineData(408, "busy", true)]
    [InlineData(429, "busy", true)]
    [InlineData(500, "server failed", true)]
    [InlineData(503, "server failed", true)]
    public async Task GetResponseAsync_ErrorStatus_NamesUrlCauseAndFixInOneLine(int status, string fix, bool retryable)
    {
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, _) => OpenAIServer.FailAsync(context, status, "because\nof that"));
        using var sut = new OpenAIChatClient(server.Endpoint, "m");

        var error = await Assert.ThrowsAsync<EndpointException>(() => sut.GetResponseAsync(Question, cancellationToken: Token));

        Assert.Equal((status, retryable), (error.Status, error.Retryable));
        Assert.Contains($"{server.Endpoint} answered {status} (because of that).", error.Message, StringComparison.Ordinal);
        Assert.Contains(fix, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Single(server.Bodies);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Sat, 01 Jan 2000 00:00:30 GMT", 30)]
    [InlineData("Fri, 31 Dec 1999 00:00:00 GMT", 0)]
    [InlineData("soon", null)]
    public async Task GetResponseAsync_RetryAfter_IsReadAsSecondsOrDate(string header, int? seconds)
    {
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, _) => OpenAIServer.FailAsync(context, 429, "slow down", header));
        using var sut = new OpenAIChatClient(server.Endpoint, "m", new OpenAIChatClientOptions { Time = new ManualTimeProvider() });

        var error = await Assert.ThrowsAsync<EndpointException>(() => sut.GetResponseAsync(Question, cancellationToken: Token));

        Assert.Equal(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), error.RetryAfter);
    }

    [Fact]
    public async Task GetResponseAsync_NothingListens_SaysSo()
    {
        Uri endpoint = OpenAIServer.RefusedEndpoint();
        using var sut = new OpenAIChatClient(endpoint, "m");

        var error = await Assert.ThrowsAsync<EndpointException>(() => sut.GetResponseAsync(Question, cancellationToken: Token));

        Assert.Equal($"Nothing listens at {endpoint} (connection refused). Start the server or correct the URL.", error.Message);
        Assert.True(error.Retryable);
    }

    [Theory]
    [InlineData("<html>no api</html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"hello":1}""")]
    public async Task GetResponseAsync_BodyIsNoCompletion_IsAnEndpointError(string body)
    {
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, _) => context.Response.WriteAsync(body));
        using var sut = new OpenAIChatClient(server.Endpoint, "m");

        var error = await Assert.ThrowsAsync<EndpointException>(() => sut.GetResponseAsync(Question, cancellationToken: Token));

        Assert.Contains("no OpenAI chat completion", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetResponseAsync_Cancelled_ThrowsCancellation()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using OpenAIServer server = await OpenAIServer.StartAsync(async (context, _) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var sut = new OpenAIChatClient(server.Endpoint, "m");
        using var cancel = new CancellationTokenSource();

        Task<ChatResponse> call = sut.GetResponseAsync(Question, cancellationToken: cancel.Token);
        await entered.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(TimeSpan.FromSeconds(10), Token));
    }

    [Theory]
    [InlineData("http://example.com/v1", true, true)]
    [InlineData("https://example.com/v1", true, false)]
    [InlineData("http://127.0.0.1:1/v1", true, false)]
    [InlineData("http://[::1]:1/v1", true, false)]
    [InlineData("http://localhost/v1", true, false)]
    [InlineData("http://example.com/v1", false, false)]
    public void Constructor_KeyOverPlainHttpToAnotherMachine_IsRefused(string url, bool key, bool refused)
    {
        var options = new OpenAIChatClientOptions { ApiKey = key ? "planted-key" : null };
        void Create() => new OpenAIChatClient(new Uri(url), "m", options).Dispose();

        if (refused)
        {
            string message = Assert.Throws<ArgumentException>(Create).Message;
            Assert.Contains("unencrypted to example.com", message, StringComparison.Ordinal);
            Assert.DoesNotContain("planted-key", message, StringComparison.Ordinal);
            new OpenAIChatClient(new Uri(url), "m", options with { AllowKeyWithoutEncryption = true }).Dispose();
        }
        else
        {
            Create();
        }
    }

    [Fact]
    public void Constructor_NoHttpUrl_Throws() => Assert.Throws<ArgumentException>(() => new OpenAIChatClient(new Uri("ftp://x/"), "m"));
}
