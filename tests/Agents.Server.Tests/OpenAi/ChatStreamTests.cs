using System.Net;
using System.Text;
using System.Text.Json;
using Agents.Testing;

namespace Agents.Server.Tests.OpenAi;

public sealed class ChatStreamTests
{
    private const string Request = """{"model":"scripted-1","messages":[{"role":"user","content":"a b"}],"stream":true""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static ScriptedChatClient Model() => new ScriptedChatClient().On("", new ScriptedAnswer("one two three"));

    [Fact]
    public async Task Stream_Text_ArrivesInChunksAndEndsWithDone()
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        IReadOnlyList<string> events = await server.StreamAsync(Request + "}");

        Assert.Equal("[DONE]", events[^1]);
        JsonElement[] chunks = [.. events.SkipLast(1).Select(text => JsonElement.Parse(text))];
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.Equal("one two three", Text(chunks));
        Assert.Equal("assistant", chunks[0].GetProperty("choices")[0].GetProperty("delta").GetProperty("role").GetString());
        Assert.Equal("stop", chunks[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.All(chunks.SkipLast(1), chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind));
    }

    [Fact]
    public async Task Stream_WithUsage_CountsInALastChunkWithoutChoices()
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        IReadOnlyList<string> events = await server.StreamAsync(Request + """,  "stream_options":{"include_usage":true}}""");

        JsonElement last = JsonElement.Parse(events[^2]);
        Assert.Empty(last.GetProperty("choices").EnumerateArray());
        Assert.Equal(2, last.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(3, last.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Stream_SeveralChoices_AreWholeEach()
    {
        await using RunningServer server = await RunningServer.StartAsync(Model());

        IReadOnlyList<string> events = await server.StreamAsync(Request + ""","n":4,"stream_options":{"include_usage":true}}""");

        JsonElement[] chunks = [.. events.SkipLast(2).Select(text => JsonElement.Parse(text))];
        foreach (int index in Enumerable.Range(0, 4))
        {
            JsonElement[] own = [.. chunks.Where(chunk => chunk.GetProperty("choices")[0].GetProperty("index").GetInt32() == index)];
            Assert.Equal("one two three", Text(own));
            Assert.Equal("stop", own[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        }

        Assert.Equal(12, JsonElement.Parse(events[^2]).GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Stream_Strategy_SendsProgressAsCommentsAndTheAnswerAsText()
    {
        await using RunningServer server = await RunningServer.StartAsync(Model(), new AgentsServerOptions { Strategies = ["shout"] }, RunningServer.Engine());

        using HttpResponseMessage response = await server.PostAsync(Request.Replace("scripted-1", "strategy:shout", StringComparison.Ordinal) + "}");
        string body = await response.Content.ReadAsStringAsync(Stop);

        Assert.StartsWith(": working\n\n", body, StringComparison.Ordinal);
        Assert.Contains("HEY one two three", body, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_FailureBeforeTheFirstChunk_HasAStatus()
    {
        FaultyChatClient model = new(Model()) { FailFirst = 1 };
        await using RunningServer server = await RunningServer.StartAsync(model);

        using HttpResponseMessage response = await server.PostAsync(Request + "}");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Stream_FailureInTheMiddle_IsTheLastEventAndNotDone()
    {
        FaultyChatClient model = new(Model()) { CutStreamAfter = 2, Error = () => new InvalidOperationException("secret detail") };
        await using RunningServer server = await RunningServer.StartAsync(model);

        IReadOnlyList<string> events = await server.StreamAsync(Request + "}");

        JsonElement error = JsonElement.Parse(events[^1]).GetProperty("error");
        Assert.Equal("server_error", error.GetProperty("type").GetString());
        Assert.DoesNotContain("secret", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("one two", Text([.. events.SkipLast(1).Select(text => JsonElement.Parse(text))]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientLeaves_TheGenerationIsCancelled(bool stream)
    {
        EndlessClient model = new();
        await using RunningServer server = await RunningServer.StartAsync(model);
        using CancellationTokenSource leave = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(
                $$"""{"model":"default","messages":[{"role":"user","content":"a"}],"stream":{{(stream ? "true" : "false")}}}""", Encoding.UTF8, "application/json"),
        };
        Task<HttpResponseMessage> response = server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave.Token);
        await model.Started.WaitAsync(Stop);

        if (stream)
        {
            (await response).Dispose();
        }

        await leave.CancelAsync();

        await model.Cancelled.WaitAsync(Stop);
        Assert.DoesNotContain("Error", server.Log, StringComparison.Ordinal);
    }

    private static string Text(IReadOnlyList<JsonElement> chunks) => string.Concat(chunks.Select(chunk =>
        chunk.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out JsonElement content) ? content.GetString() : ""));
}
