using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Agents.Testing;

namespace Agents.Server.Tests.OpenAi;

public sealed class BadRequestTests
{
    private const string Messages = "\"model\":\"scripted-1\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static ScriptedChatClient Model() => new ScriptedChatClient().On("", new ScriptedAnswer("ok"));

    [Theory]
    [InlineData("temperature", "-0.1")]
    [InlineData("temperature", "2.01")]
    [InlineData("temperature", "1e999")]
    [InlineData("temperature", "\"hot\"")]
    [InlineData("top_p", "1.5")]
    [InlineData("top_k", "-1")]
    [InlineData("n", "0")]
    [InlineData("n", "17")]
    [InlineData("n", "1.5")]
    [InlineData("max_tokens", "0")]
    [InlineData("max_tokens", "-5")]
    [InlineData("max_completion_tokens", "99999999999999999999999")]
    [InlineData("presence_penalty", "-2.5")]
    [InlineData("frequency_penalty", "3")]
    [InlineData("seed", "\"7\"")]
    [InlineData("seed", "9223372036854775808")]
    [InlineData("stop", "[\"a\",\"b\",\"c\",\"d\",\"e\"]")]
    [InlineData("stop", "[\"\"]")]
    [InlineData("stop", "[1]")]
    [InlineData("stop", "{}")]
    [InlineData("stream", "\"yes\"")]
    [InlineData("stream_options", "{\"include_usage\":true}")]
    [InlineData("logprobs", "true")]
    [InlineData("logit_bias", "{\"5\":1}")]
    [InlineData("modalities", "[\"audio\"]")]
    [InlineData("response_format", "{\"type\":\"xml\"}")]
    [InlineData("tools", "[{\"type\":\"retrieval\"}]", "tools[0].type")]
    [InlineData("tools", "[{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}]", "tools[0].function.name")]
    [InlineData("tools", "[7]", "tools[0]")]
    [InlineData("tool_choice", "\"some\"")]
    [InlineData("tool_choice", "{\"type\":\"function\",\"function\":{\"name\":\"none\"}}")]
    [InlineData("temprature", "1")]
    [InlineData("functions", "[]")]
    public async Task Post_BadField_Is400AndNamesIt(string field, string value, string? parameter = null)
    {
        ScriptedChatClient model = Model();
        await using RunningServer server = await RunningServer.StartAsync(model);

        (HttpStatusCode status, JsonElement body) = await server.AskAsync($"{{{Messages},\"{field}\":{value}}}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        JsonElement error = body.GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal(parameter ?? field, error.GetProperty("param").GetString());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.True(error.TryGetProperty("code", out _));
        Assert.Empty(model.Calls);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"a"}]}""", "model")]
    [InlineData("""{"model":5,"messages":[{"role":"user","content":"a"}]}""", "model")]
    [InlineData("""{"model":"scripted-1"}""", "messages")]
    [InlineData("""{"model":"scripted-1","messages":[]}""", "messages")]
    [InlineData("""{"model":"scripted-1","messages":{}}""", "messages")]
    [InlineData("""{"model":"scripted-1","messages":["a"]}""", "messages[0]")]
    [InlineData("""{"model":"scripted-1","messages":[{"content":"a"}]}""", "messages[0].role")]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"wizard","content":"a"}]}""", "messages[0].role")]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"user"}]}""", "messages[0].content")]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"user","content":7}]}""", "messages[0].content")]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"assistant"}]}""", "messages[0].content")]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"tool","content":"a"}]}""", "messages[0].tool_call_id")]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://169.254.169.254/"}}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"user","content":["a"]}]}""", "messages[0].content[0]")]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"[]"}}]}]}""", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("""{"model":"scripted-1","messages":[{"role":"assistant","tool_calls":[{"id":"1"}]}]}""", "messages[0].tool_calls[0].function")]
    public async Task Post_BadMessage_Is400AndNamesThePlace(string json, string parameter)
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        (HttpStatusCode status, JsonElement body) = await server.AskAsync(json);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(parameter, body.GetProperty("error").GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"model\":\"a\",\"model\":\"b\"}")]
    [InlineData("{\"model\":\"\\ud800\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}")]
    [InlineData("{\"\\udc00\":1}")]
    public async Task Post_BadJson_Is400(string json)
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        (HttpStatusCode status, JsonElement body) = await server.AskAsync(json);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("invalid_request_error", body.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Post_NestedTooDeep_Is400()
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        (HttpStatusCode status, _) = await server.AskAsync($"{{{Messages},\"metadata\":{new string('[', 5000)}{new string(']', 5000)}}}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Theory]
    [InlineData(1024, HttpStatusCode.OK)]
    [InlineData(1025, HttpStatusCode.BadRequest)]
    public async Task Post_ManyMessages_AreLimited(int count, HttpStatusCode expected)
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());
        string messages = string.Join(',', Enumerable.Repeat("""{"role":"user","content":"a"}""", count));

        (HttpStatusCode status, _) = await server.AskAsync($$"""{"model":"scripted-1","messages":[{{messages}}]}""");

        Assert.Equal(expected, status);
    }

    [Theory]
    [InlineData((4 << 20) - 200, HttpStatusCode.OK)]
    [InlineData((4 << 20) + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Post_LargeBody_IsLimited(int size, HttpStatusCode expected)
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        // The client waits for leave before it sends the body, so the refusal reaches it instead of a broken pipe.
        using SocketsHttpHandler handler = new() { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        using HttpClient http = new(handler) { BaseAddress = server.Address };
        http.DefaultRequestHeaders.ExpectContinue = true;
        using StringContent content = new($$"""{"model":"scripted-1","messages":[{"role":"user","content":"{{new string('a', size)}}"}]}""", Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await http.PostAsync("/v1/chat/completions", content, Stop);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Post_TypeThatPagesOfOtherOriginsMaySend_Is415(string mediaType)
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        using HttpResponseMessage response = await server.PostAsync($"{{{Messages}}}", mediaType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("scripted-2", "'scripted-1'")]
    [InlineData("strategy:shot", "'strategy:shout'")]
    [InlineData("strategy:hidden", "strategy:shout")]
    public async Task Post_UnknownModel_Is404WithTheNearest(string id, string expected)
    {
        await using RunningServer server = await RunningServer.StartAsync(Model(), new AgentsServerOptions { Strategies = ["shout"] }, RunningServer.Engine());

        (HttpStatusCode status, JsonElement body) = await server.AskAsync($$"""{"model":"{{id}}","messages":[{"role":"user","content":"a"}]}""");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("model_not_found", body.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains(expected, body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_UnexpectedFailure_IsMaskedWithAnIdThatTheLogHas()
    {
        FaultyChatClient model = new(Model()) { FailFirst = 1, Error = () => new InvalidOperationException("password=hunter2 at /srv/models") };
        await using RunningServer server = await RunningServer.StartAsync(model);

        using HttpResponseMessage response = await server.PostAsync($"{{{Messages}}}");
        string body = await response.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("hunter2", body, StringComparison.Ordinal);
        Assert.DoesNotContain("/srv", body, StringComparison.Ordinal);
        string id = Assert.Single(response.Headers.GetValues("x-request-id"));
        Assert.Contains(id, body, StringComparison.Ordinal);
        Assert.Contains(server.Log.Split('\n'), line => line.Contains(id, StringComparison.Ordinal) && line.Contains("failed", StringComparison.Ordinal));
        Assert.Contains("hunter2", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_WhatTheClientCannotDo_Is400WithItsReason()
    {
        FaultyChatClient model = new(Model()) { FailFirst = 1, Error = () => new NotSupportedException("No tools here.\nInner detail.") };
        await using RunningServer server = await RunningServer.StartAsync(model);

        (HttpStatusCode status, JsonElement body) = await server.AskAsync($"{{{Messages}}}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("No tools here.", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions")]
    [InlineData("POST", "/v1/models")]
    [InlineData("POST", "/v1/embeddings")]
    [InlineData("DELETE", "/v1/models/scripted-1")]
    public async Task OtherRoutes_AreUnknown(string method, string path)
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await server.Http.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("unknown_url", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MutatedBodies_NeverBreakTheServer()
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());
        byte[] valid = Encoding.UTF8.GetBytes(
            "{" + Messages + """,  "temperature":0.5,"stop":["x"],"n":2,"stream_options":null,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"seed":1}""");
        SampleStream random = new(11);
        int accepted = 0;
        for (int round = 0; round < 400; round++)
        {
            byte[] body = [.. valid];
            for (int change = 0; change <= random.NextInt(4); change++)
            {
                body[random.NextInt(body.Length)] = random.NextInt(3) == 0 ? (byte)random.NextInt(256) : valid[random.NextInt(valid.Length)];
            }

            using ByteArrayContent content = new(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage response = await server.Http.PostAsync("/v1/chat/completions", content, Stop);

            Assert.True((int)response.StatusCode is >= 200 and < 500, $"round {round}: {response.StatusCode} for {Encoding.UTF8.GetString(body)}");
            accepted += response.IsSuccessStatusCode ? 1 : 0;
        }

        Assert.InRange(accepted, 1, 399);
    }
}
