using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using Agents.Testing;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;

namespace Agents.Server.Tests.OpenAi;

/// <summary>The vendor's own .NET client against this server.</summary>
public sealed class OpenAiClientTests
{
    private const string Key = "sk-0123456789abcdef";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Complete_Answers()
    {
        await using RunningServer server = await StartAsync();

        ChatCompletion completion = await Chat(server).CompleteChatAsync([new SystemChatMessage("be brief"), new UserChatMessage("hello")], cancellationToken: Stop);

        Assert.Equal("one two three", Assert.Single(completion.Content).Text);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.Equal(3, completion.Usage.OutputTokenCount);
        Assert.Equal(3, completion.Usage.InputTokenCount);
        Assert.Equal("scripted-1", completion.Model);
    }

    [Fact]
    public async Task CompleteStreaming_DeliversTextUsageAndFinish()
    {
        await using RunningServer server = await StartAsync();
        StringBuilder text = new();
        int parts = 0;
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;

        await foreach (StreamingChatCompletionUpdate update in Chat(server).CompleteChatStreamingAsync([new UserChatMessage("hello")], cancellationToken: Stop))
        {
            foreach (ChatMessageContentPart part in update.ContentUpdate)
            {
                text.Append(part.Text);
                parts++;
            }

            finish ??= update.FinishReason;
            usage ??= update.Usage;
        }

        Assert.Equal("one two three", text.ToString());
        Assert.True(parts >= 3);
        Assert.Equal(ChatFinishReason.Stop, finish);
        Assert.Equal(3, usage?.OutputTokenCount);
    }

    [Fact]
    public async Task Complete_TwoChoices_AreBothInTheRawAnswer()
    {
        // The typed client has no n; its protocol method sends it.
        await using RunningServer server = await StartAsync();
        using BinaryContent content = BinaryContent.Create(BinaryData.FromString("""{"model":"scripted-1","messages":[{"role":"user","content":"a"}],"n":2}"""));

        ClientResult result = await Chat(server).CompleteChatAsync(content, new RequestOptions { CancellationToken = Stop });

        System.Text.Json.JsonElement body = System.Text.Json.JsonElement.Parse(result.GetRawResponse().Content.ToString());
        Assert.Equal(2, body.GetProperty("choices").GetArrayLength());
    }

    [Fact]
    public async Task Complete_Strategy_AnswersUnderItsName()
    {
        await using RunningServer server = await StartAsync();

        ChatCompletion completion = await Client(server).GetChatClient("strategy:shout").CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Stop);

        Assert.Equal("HEY one two three", Assert.Single(completion.Content).Text);
    }

    [Fact]
    public async Task Models_AreListed()
    {
        await using RunningServer server = await StartAsync();

        OpenAIModelCollection models = await Client(server).GetOpenAIModelClient().GetModelsAsync(Stop);

        Assert.Equal(["scripted-1", "strategy:shout"], models.Select(model => model.Id));
    }

    [Theory]
    [InlineData("unknown", Key, 404)]
    [InlineData("scripted-1", "sk-wrong-wrong-wrong", 401)]
    public async Task Complete_Refused_ThrowsWithStatusAndMessage(string model, string key, int status)
    {
        await using RunningServer server = await StartAsync();

        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(
            () => Client(server, key).GetChatClient(model).CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Stop));

        Assert.Equal(status, error.Status);
        Assert.Contains(status == 404 ? "model_not_found" : "invalid_api_key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Complete_OutOfRange_Is400WithTheField()
    {
        await using RunningServer server = await StartAsync();

        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(
            () => Chat(server).CompleteChatAsync([new UserChatMessage("hello")], new ChatCompletionOptions { Temperature = 3 }, Stop));

        Assert.Equal(400, error.Status);
        Assert.Contains("temperature", error.Message, StringComparison.Ordinal);
    }

    private static Task<RunningServer> StartAsync() => RunningServer.StartAsync(
        new ScriptedChatClient().On("", new ScriptedAnswer("one two three")),
        new AgentsServerOptions { ApiKeys = [Key], Strategies = ["shout"] },
        RunningServer.Engine());

    private static OpenAIClient Client(RunningServer server, string key = Key) => new(
        new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });

    private static ChatClient Chat(RunningServer server) => Client(server).GetChatClient("scripted-1");
}
