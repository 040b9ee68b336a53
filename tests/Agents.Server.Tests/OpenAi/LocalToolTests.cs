using System.Net;
using System.Text.Json;
using Agents.Models.Chat;
using Agents.Models.Decoder;
using OpenAI;
using OpenAI.Chat;

namespace Agents.Server.Tests.OpenAi;

/// <summary>Formats and tools of a real decoder with random weights over real HTTP: whatever the weights say, the shape must hold.</summary>
public sealed class LocalToolTests
{
    private const string Start = """{"model":"noise","messages":[{"role":"user","content":"the cat"}],"max_tokens":120,"seed":""";

    private const string Tools =
        """,  "tools":[{"type":"function","function":{"name":"add","description":"Adds.","parameters":{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a","b"]}}}]""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"type":"json_object"}""")]
    [InlineData("""{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object","properties":{"x":{"type":"boolean"}},"required":["x"],"additionalProperties":false}}}""")]
    public async Task Post_ResponseFormat_IsKeptWholeAndStreamed(string format)
    {
        using DecoderModel model = LocalModelTests.Noise(1024);
        await using RunningServer server = await RunningServer.StartAsync(new LocalChatClient(model));
        for (int seed = 0; seed < 4; seed++)
        {
            string body = $$"""{{Start}}{{seed}},"response_format":{{format}}""";

            (HttpStatusCode status, JsonElement answer) = await server.AskAsync(body + "}");
            IReadOnlyList<string> events = await server.StreamAsync(body + ""","stream":true}""");

            Assert.Equal(HttpStatusCode.OK, status);
            string text = answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
            JsonElement value = JsonElement.Parse(text);
            Assert.Equal(JsonValueKind.Object, value.ValueKind);
            Assert.True(format.Contains("json_object", StringComparison.Ordinal) || value.GetProperty("x").ValueKind is JsonValueKind.True or JsonValueKind.False);
            Assert.Equal(text, string.Concat(events.SkipLast(1).Select(part => JsonElement.Parse(part).GetProperty("choices")[0].GetProperty("delta"))
                .Select(delta => delta.TryGetProperty("content", out JsonElement content) ? content.GetString() : "")));
        }
    }

    [Fact]
    public async Task Post_RequiredTool_IsCalledWholeAndStreamed()
    {
        using DecoderModel model = LocalModelTests.Noise(1024);
        await using RunningServer server = await RunningServer.StartAsync(new LocalChatClient(model));
        string body = Start + "4" + Tools + ""","tool_choice":"required" """;

        (_, JsonElement answer) = await server.AskAsync(body + "}");
        IReadOnlyList<string> events = await server.StreamAsync(body + ""","stream":true}""");

        JsonElement choice = answer.GetProperty("choices")[0];
        JsonElement call = choice.GetProperty("message").GetProperty("tool_calls")[0];
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("add", call.GetProperty("function").GetProperty("name").GetString());
        JsonElement arguments = JsonElement.Parse(call.GetProperty("function").GetProperty("arguments").GetString()!);
        Assert.True(arguments.GetProperty("a").TryGetInt64(out _) && arguments.GetProperty("b").TryGetInt64(out _));
        JsonElement delta = events.SkipLast(1).Select(part => JsonElement.Parse(part).GetProperty("choices")[0].GetProperty("delta"))
            .Single(part => part.TryGetProperty("tool_calls", out _)).GetProperty("tool_calls")[0];
        Assert.Equal(0, delta.GetProperty("index").GetInt32());
        Assert.Equal(call.GetProperty("id").GetString(), delta.GetProperty("id").GetString());
        Assert.Equal(call.GetProperty("function").GetRawText(), delta.GetProperty("function").GetRawText());
    }

    [Fact]
    public async Task Post_ToolConversation_GoesOn()
    {
        using DecoderModel model = LocalModelTests.Noise(1024);
        await using RunningServer server = await RunningServer.StartAsync(new LocalChatClient(model));

        (HttpStatusCode status, JsonElement answer) = await server.AskAsync(
            """
            {"model":"noise","max_tokens":9,"seed":1,"tool_choice":"none","messages":[{"role":"user","content":"a"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"abcdefghi","type":"function","function":{"name":"add","arguments":"{\"a\":1,\"b\":2}"}}]},
            {"role":"tool","tool_call_id":"abcdefghi","content":"3"}]
            """ + Tools + "}");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(answer.GetProperty("choices")[0].GetProperty("message").TryGetProperty("tool_calls", out _));
    }

    [Fact]
    public async Task Post_Regex_IsKept()
    {
        using DecoderModel model = LocalModelTests.Noise(1024);
        await using RunningServer server = await RunningServer.StartAsync(new LocalChatClient(model));

        (_, JsonElement answer) = await server.AskAsync(Start + """1,"regex":"[0-9]{3}-[a-f]{2}"}""");

        Assert.Matches("^[0-9]{3}-[a-f]{2}$", answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Theory]
    [InlineData(""","regex":"(a"}""", "position 0")]
    [InlineData(""","regex":7}""", "regex")]
    [InlineData(""","regex":"(a{1,1000}){1,1000}"}""", "more than")]
    [InlineData(""","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"string","pattern":"["}}}}""", "#/pattern")]
    [InlineData(""","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":7}}}}""", "#/type")]
    [InlineData(""","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"$ref":"#"}}}}""", "cycle")]
    [InlineData(""","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"not":{}}}}}}],"tool_choice":"required"}""", "not")]
    public async Task Post_ConstraintThatCannotBeKept_Is400(string rest, string expected)
    {
        using DecoderModel model = LocalModelTests.Noise(1024);
        await using RunningServer server = await RunningServer.StartAsync(new LocalChatClient(model));

        (HttpStatusCode status, JsonElement body) = await server.AskAsync(Start + "1" + rest);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(expected, body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("invalid_request_error", body.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Complete_VendorClient_GetsFormatAndCall()
    {
        using DecoderModel model = LocalModelTests.Noise(1024);
        await using RunningServer server = await RunningServer.StartAsync(new LocalChatClient(model));
        ChatClient client = new OpenAIClient(new System.ClientModel.ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "/v1") }).GetChatClient("noise");
        ChatTool add = ChatTool.CreateFunctionTool("add", "Adds.", BinaryData.FromString("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}"""));

        ChatCompletion call = await client.CompleteChatAsync(
            [new UserChatMessage("1")], new ChatCompletionOptions { Tools = { add }, ToolChoice = ChatToolChoice.CreateFunctionChoice("add"), MaxOutputTokenCount = 100 }, Stop);
        ChatCompletion json = await client.CompleteChatAsync(
            [new UserChatMessage("1")], new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("s", BinaryData.FromString("""{"const":{"k":[1]}}"""), jsonSchemaIsStrict: true) }, Stop);

        Assert.Equal((ChatFinishReason.ToolCalls, "add"), (call.FinishReason, Assert.Single(call.ToolCalls).FunctionName));
        Assert.Equal("""{"k":[1]}""", Assert.Single(json.Content).Text);
    }
}
