using System.Net;
using System.Text.Json;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Server.Tests.OpenAi;

public sealed class ChatCompletionTests
{
    private static ScriptedChatClient Model() => new ScriptedChatClient().On("", new ScriptedAnswer("one two three"));

    [Fact]
    public async Task Post_OneMessage_AnswersInTheFormOfTheApi()
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        (HttpStatusCode status, JsonElement body) = await server.AskAsync("""{"model":"scripted-1","messages":[{"role":"user","content":"hello you"}]}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("chatcmpl-", body.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("chat.completion", body.GetProperty("object").GetString());
        Assert.Equal("scripted-1", body.GetProperty("model").GetString());
        JsonElement choice = Assert.Single(body.GetProperty("choices").EnumerateArray());
        Assert.Equal(0, choice.GetProperty("index").GetInt32());
        Assert.Equal("assistant", choice.GetProperty("message").GetProperty("role").GetString());
        Assert.Equal("one two three", choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(2, body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(3, body.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(5, body.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task Post_Settings_ReachTheClient()
    {
        ScriptedChatClient model = Model();
        await using RunningServer server = await RunningServer.StartAsync(model);

        await server.AskAsync("""
            {"model":"scripted-1","messages":[{"role":"system","content":"be brief"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
            {"role":"assistant","content":"c"},{"role":"user","content":"d"}],
            "temperature":0.5,"top_p":0.9,"top_k":40,"max_tokens":7,"seed":-3,"stop":["x","yy"],"presence_penalty":1,"frequency_penalty":-2,"user":"ann","store":false}
            """);

        ScriptedCall call = Assert.Single(model.Calls);
        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.User], call.Messages.Select(message => message.Role));
        Assert.Equal(["be brief", "ab", "c", "d"], call.Messages.Select(message => message.Text));
        Assert.Equal(0.5f, call.Options!.Temperature);
        Assert.Equal(0.9f, call.Options.TopP);
        Assert.Equal(40, call.Options.TopK);
        Assert.Equal(7, call.Options.MaxOutputTokens);
        Assert.Equal(-3, call.Options.Seed);
        Assert.Equal(["x", "yy"], call.Options.StopSequences);
        Assert.Equal(1, call.Options.PresencePenalty);
        Assert.Equal(-2, call.Options.FrequencyPenalty);
    }

    [Theory]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"user","content":"a"}],"max_tokens":999999999999}""", 50)]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"user","content":"a"}],"max_completion_tokens":50}""", 50)]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"user","content":"a"}],"max_completion_tokens":3}""", 3)]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"user","content":"a"}]}""", 50)]
    public async Task Post_MaxTokens_IsClamped(string json, int expected)
    {
        ScriptedChatClient model = Model();
        await using RunningServer server = await RunningServer.StartAsync(model, new AgentsServerOptions { MaximumTokens = 50 });

        await server.AskAsync(json);

        Assert.Equal(expected, Assert.Single(model.Calls).Options!.MaxOutputTokens);
    }

    [Fact]
    public async Task Post_AnswerCutByTheLimit_FinishesWithLength()
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        (_, JsonElement body) = await server.AskAsync("""{"model":"scripted-1","messages":[{"role":"user","content":"a"}],"max_tokens":2}""");

        Assert.Equal("length", body.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal("one two", body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_SeveralChoices_DifferThoughOneSeedIsGiven(bool groups)
    {
        ScriptedChatClient model = new ScriptedChatClient(new ScriptedChatClientOptions { GroupSampling = groups })
            .On("", (_, stream) => stream.NextBits().ToString(System.Globalization.CultureInfo.InvariantCulture));
        await using RunningServer server = await RunningServer.StartAsync(model);

        (HttpStatusCode status, JsonElement body) = await server.AskAsync("""{"model":"scripted-1","messages":[{"role":"user","content":"a"}],"n":3,"seed":5}""");

        Assert.Equal(HttpStatusCode.OK, status);
        string?[] texts = [.. body.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString())];
        Assert.Equal(3, texts.Distinct().Count());
        Assert.Equal([0, 1, 2], body.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));

        // A group reads the prompt once, parallel calls read it each time.
        Assert.Equal(groups ? 1 : 3, body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(3, body.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(groups ? 1 : 3, model.Calls.Select(call => call.Options!.Seed).Distinct().Count());
    }

    [Fact]
    public async Task Post_ParallelCallFails_EndsTheOthersAndShowsTheCause()
    {
        FaultyChatClient model = new(Model()) { HideGroupSampler = true, FailFirst = 1, Hang = true, Error = () => new ArgumentException("too long") };
        await using RunningServer server = await RunningServer.StartAsync(model);

        (HttpStatusCode status, JsonElement body) = await server.AskAsync("""{"model":"scripted-1","messages":[{"role":"user","content":"a"}],"n":3}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("too long", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Post_Tools_PassThroughBothWays()
    {
        CallingClient model = new();
        await using RunningServer server = await RunningServer.StartAsync(model);

        (HttpStatusCode status, JsonElement body) = await server.AskAsync("""
            {"model":"caller","messages":[{"role":"user","content":"weather?"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Bonn\"}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"rain"}],
            "tools":[{"type":"function","function":{"name":"weather","description":"d","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}],
            "tool_choice":{"type":"function","function":{"name":"weather"}}}
            """);

        Assert.Equal(HttpStatusCode.OK, status);
        AIFunctionDeclaration tool = Assert.IsAssignableFrom<AIFunctionDeclaration>(Assert.Single(model.Options!.Tools!));
        Assert.Equal("weather", tool.Name);
        Assert.Equal("string", tool.JsonSchema.GetProperty("properties").GetProperty("city").GetProperty("type").GetString());
        Assert.Equal(ChatToolMode.RequireSpecific("weather"), model.Options.ToolMode);
        FunctionCallContent given = Assert.Single(model.Messages[1].Contents.OfType<FunctionCallContent>());
        Assert.Equal("Bonn", given.Arguments!["city"]?.ToString());
        Assert.Equal("rain", Assert.Single(model.Messages[2].Contents.OfType<FunctionResultContent>()).Result);
        JsonElement choice = body.GetProperty("choices")[0];
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("message").GetProperty("content").ValueKind);
        JsonElement called = choice.GetProperty("message").GetProperty("tool_calls")[0];
        Assert.Equal("function", called.GetProperty("type").GetString());
        Assert.Equal("""{"city":"Köln"}""", JsonSerializer.Serialize(JsonElement.Parse(called.GetProperty("function").GetProperty("arguments").GetString()!), JsonSerializerOptions.Web).Replace("\\u00F6", "ö", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_Strategy_IsAModelOfItsOwn()
    {
        ScriptedChatClient model = Model();
        await using RunningServer server = await RunningServer.StartAsync(model, new AgentsServerOptions { Strategies = ["shout"] }, RunningServer.Engine());

        (HttpStatusCode status, JsonElement body) = await server.AskAsync("""{"model":"strategy:shout","messages":[{"role":"user","content":"a"}]}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("strategy:shout", body.GetProperty("model").GetString());
        Assert.Equal("HEY one two three", body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(3, body.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Post_UnseededStrategyRequests_AreSeededDifferently()
    {
        ScriptedChatClient model = Model();
        await using RunningServer server = await RunningServer.StartAsync(model, new AgentsServerOptions { Strategies = ["shout"] }, RunningServer.Engine());
        const string request = """{"model":"strategy:shout","messages":[{"role":"user","content":"a"}],"n":2}""";

        await server.AskAsync(request);
        await server.AskAsync(request);

        Assert.Equal(4, model.Calls.Select(call => call.Options!.Seed).Distinct().Count());
    }

    /// <summary>Answers with a tool call and keeps what it was asked.</summary>
    private sealed class CallingClient : IChatClient
    {
        public IReadOnlyList<ChatMessage> Messages { get; private set; } = [];

        public ChatOptions? Options { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            (Messages, Options) = ([.. messages], options);
            FunctionCallContent call = new("c2", "weather", new Dictionary<string, object?> { ["city"] = "Köln" });
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [call])) { FinishReason = ChatFinishReason.ToolCalls });
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("caller", null, "caller") : null;

        public void Dispose()
        {
        }
    }
}
