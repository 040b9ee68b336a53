using Agents.Models.Chat;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Agents.Models.Tests.Adapters;
using Microsoft.Extensions.AI;

namespace Agents.Models.Tests.Chat;

public sealed class LocalChatClientTests : IDisposable
{
    private readonly DecoderModel _model = SeededModel.Create();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static List<ChatMessage> Question => [new(ChatRole.User, "the cat?")];

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task GetResponseAsync_CarriesRecordUsageAndReason()
    {
        using LocalChatClient client = new(_model);

        ChatResponse response = await client.GetResponseAsync(Question, new ChatOptions { MaxOutputTokens = 12, Seed = 5, Temperature = 0.7f }, Stop);

        GenerationRecord record = Record(response.AdditionalProperties);
        int[] prompt = ChatTemplates.ChatMl.Render([new ChatTurn("user", "the cat?")], addGenerationPrompt: true).Tokenize(_model.Tokenizer);
        Assert.Equal(prompt, record.PromptTokenIds);
        Assert.Equal(_model.Tokenizer.Decode([.. record.CompletionTokenIds], skipSpecial: true), response.Text);
        Assert.Equal(record.CompletionTokenIds.Count, record.BehaviorLogProbabilities.Count);
        Assert.Equal(record.CompletionTokenIds.Count, record.KeptMass.Count);
        Assert.Equal(_model.GenerationId, record.GenerationId);
        Assert.Equal(0.7, record.Temperature);
        Assert.Equal(record.Finish == GenerationFinish.Length ? ChatFinishReason.Length : ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal((prompt.Length, record.CompletionTokenIds.Count), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
        Assert.Equal("seeded", response.ModelId);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_SameSeed_GivesTheSameAnswer()
    {
        using LocalChatClient client = new(_model);
        ChatOptions options = new() { MaxOutputTokens = 40, Seed = 9 };
        ChatResponse whole = await client.GetResponseAsync(Question, options, Stop);

        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync(Question, options, Stop).ToListAsync(Stop);

        Assert.Equal(whole.Text, string.Concat(updates.Select(update => update.Text)));
        Assert.Equal(Record(whole.AdditionalProperties).CompletionTokenIds, Record(updates[^1].AdditionalProperties).CompletionTokenIds);
        Assert.All(updates.SkipLast(1), update => Assert.Null(update.FinishReason));
        ChatResponse joined = updates.ToChatResponse();
        Assert.Equal(whole.FinishReason, joined.FinishReason);
        Assert.Equal(whole.Usage!.TotalTokenCount, joined.Usage!.TotalTokenCount);
        Assert.NotNull(Record(joined.AdditionalProperties));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_AnyBytes_NeverSplitsACharacter()
    {
        using LocalChatClient client = new(_model);
        for (int seed = 0; seed < 8; seed++)
        {
            ChatOptions options = new() { MaxOutputTokens = 60, Seed = seed, Temperature = 3 };
            List<string> pieces = [];
            GenerationRecord? record = null;
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Question, options, Stop))
            {
                pieces.Add(update.Text);
                record = update.AdditionalProperties is { } properties ? Record(properties) : null;
            }

            Assert.Equal(_model.Tokenizer.Decode([.. record!.CompletionTokenIds], skipSpecial: true), string.Concat(pieces));
            Assert.All(pieces.Where(piece => piece.Length > 0), piece => Assert.False(char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1])));
        }
    }

    [Fact]
    public async Task SampleAsync_Group_SharesThePromptAndStartsWithTheSingleAnswer()
    {
        using LocalChatClient client = new(_model);
        ChatOptions options = new() { MaxOutputTokens = 10, AdditionalProperties = new() { [ChatOptionKeys.Stream] = new SampleStream(77, 1, 2) } };

        IReadOnlyList<ChatResponse> group = await client.GetService<IGroupSampler>()!.SampleAsync(Question, 5, options, Stop);
        IReadOnlyList<ChatResponse> again = await client.SampleAsync(Question, 5, options, Stop);
        ChatResponse single = await client.GetResponseAsync(Question, options, Stop);

        Assert.Equal(5, group.Count);
        Assert.Equal(group.Select(response => response.Text), again.Select(response => response.Text));
        Assert.Equal(single.Text, group[0].Text);
        Assert.True(group.Select(response => string.Join(' ', Record(response.AdditionalProperties).CompletionTokenIds)).Distinct().Count() >= 4);
        Assert.Equal(5, group.Select(response => response.ResponseId).Distinct().Count());
    }

    [Fact]
    public async Task GetResponseAsync_NoSeed_ContinuesWithTheNextStream()
    {
        using LocalChatClient one = new(_model, new LocalChatClientOptions { Seed = 3, MaxTokens = 8 });
        using LocalChatClient two = new(_model, new LocalChatClientOptions { Seed = 3, MaxTokens = 8 });

        string first = (await one.GetResponseAsync(Question, cancellationToken: Stop)).Text;
        string second = (await one.GetResponseAsync(Question, cancellationToken: Stop)).Text;

        Assert.NotEqual(first, second);
        Assert.Equal(first, (await two.GetResponseAsync(Question, cancellationToken: Stop)).Text);
    }

    [Fact]
    public async Task GetResponseAsync_StopSequence_CutsTheTextButKeepsTheTokens()
    {
        using LocalChatClient client = new(_model);
        ChatOptions options = new() { MaxOutputTokens = 40, Seed = 2 };
        ChatResponse free = await client.GetResponseAsync(Question, options, Stop);
        int at = Enumerable.Range(3, free.Text.Length - 5).First(i => char.IsAscii(free.Text[i]) && char.IsAscii(free.Text[i + 1]));
        string stop = free.Text.Substring(at, 2);

        ChatResponse cut = await client.GetResponseAsync(Question, new ChatOptions { MaxOutputTokens = 40, Seed = 2, StopSequences = [stop] }, Stop);

        Assert.Equal(free.Text[..free.Text.IndexOf(stop, StringComparison.Ordinal)], cut.Text);
        Assert.Equal(ChatFinishReason.Stop, cut.FinishReason);
        Assert.Equal(GenerationFinish.StopSequence, Record(cut.AdditionalProperties).Finish);
        Assert.Contains(stop, _model.Tokenizer.Decode([.. Record(cut.AdditionalProperties).CompletionTokenIds], skipSpecial: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_Cancelled_KeepsThePartialTextAndRecord()
    {
        using LocalChatClient client = new(new HangingModel(_model, tokens: 3), ChatTemplates.ChatMl);
        using CancellationTokenSource source = new();
        List<ChatResponseUpdate> updates = [];

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Question, cancellationToken: source.Token))
            {
                updates.Add(update);
                if (updates.Count == 3)
                {
                    await source.CancelAsync();
                }
            }
        });

        GenerationRecord record = Record(updates[^1].AdditionalProperties);
        Assert.Equal("aaa", string.Concat(updates.Select(update => update.Text)));
        Assert.Equal(3, record.CompletionTokenIds.Count);
        Assert.Equal(GenerationFinish.Cancelled, record.Finish);
        Assert.Equal("cancelled", updates[^1].FinishReason!.Value.Value);
    }

    [Fact]
    public async Task GetResponseAsync_ControlTextInAMessage_StaysText()
    {
        using LocalChatClient client = new(_model);
        int end = _model.Tokenizer.EndIds.First(id => _model.Tokenizer.TokenText(id) == "<|im_end|>");

        ChatResponse response = await client.GetResponseAsync([new(ChatRole.User, "a<|im_end|>b")], new ChatOptions { MaxOutputTokens = 1 }, Stop);

        Assert.Single(Record(response.AdditionalProperties).PromptTokenIds, id => id == end);
    }

    [Fact]
    public async Task GetResponseAsync_Instructions_BecomeTheSystemTurn()
    {
        using LocalChatClient client = new(_model);

        ChatResponse alone = await client.GetResponseAsync(Question, new ChatOptions { MaxOutputTokens = 1, Instructions = "be" }, Stop);
        ChatResponse joined = await client.GetResponseAsync(
            [new(ChatRole.System, "me"), .. Question], new ChatOptions { MaxOutputTokens = 1, Instructions = "be" }, Stop);

        Assert.Equal("<|im_start|>system\nbe<|im_end|>\n<|im_start|>user\nthe cat?<|im_end|>\n<|im_start|>assistant\n", Prompt(alone));
        Assert.StartsWith("<|im_start|>system\nbe\n\nme<|im_end|>", Prompt(joined), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetResponseAsync_TopLogProbabilities_AreReported()
    {
        using LocalChatClient client = new(_model);

        ChatResponse response = await client.GetResponseAsync(
            Question, new ChatOptions { MaxOutputTokens = 3, AdditionalProperties = new() { [ChatOptionKeys.TopLogProbabilities] = 2 } }, Stop);

        var alternatives = (IReadOnlyList<IReadOnlyList<TokenAlternative>>)response.AdditionalProperties![ChatOptionKeys.TopLogProbabilities]!;
        Assert.Equal(Record(response.AdditionalProperties).CompletionTokenIds.Count, alternatives.Count);
        Assert.All(alternatives, step => Assert.Equal(2, step.Count));
    }

    [Fact]
    public async Task GetResponseAsync_WithAdapters_RunsWithThemAndRecordsTheirGeneration()
    {
        _model.Adapters.Add("style", SeededAdapter.Create(_model.Shape, 1));
        using LocalChatClient client = new(_model);
        ChatOptions Options(object? adapters) => new() { MaxOutputTokens = 8, Seed = 5, AdditionalProperties = new() { [ChatOptionKeys.Adapters] = adapters } };

        GenerationRecord plain = Record((await client.GetResponseAsync(Question, Options(null), Stop)).AdditionalProperties);
        GenerationRecord styled = Record((await client.GetResponseAsync(Question, Options("style"), Stop)).AdditionalProperties);
        GenerationRecord half = Record((await client.GetResponseAsync(Question, Options(new[] { new AdapterUse("style", 0.5) }), Stop)).AdditionalProperties);

        Assert.Equal(_model.GenerationId, plain.GenerationId);
        Assert.Equal(_model.GenerationIdOf([new AdapterUse("style")]), styled.GenerationId);
        Assert.Equal(3, new[] { plain, styled, half }.Select(record => record.GenerationId).Distinct().Count());
        Assert.NotEqual(plain.PlainLogProbabilities, styled.PlainLogProbabilities);
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync(Question, Options("stile"), Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync(Question, Options(7), Stop));
    }

    [Fact]
    public async Task GetResponseAsync_WhatItCannotDo_IsRefusedByName()
    {
        using LocalChatClient client = new(_model);

        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([], cancellationToken: Stop));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")])], cancellationToken: Stop));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync(Question, new ChatOptions { Tools = [new HostedCodeInterpreterTool()] }, Stop));
        await Assert.ThrowsAsync<ArgumentException>(
            () => client.GetResponseAsync(Question, new ChatOptions { AdditionalProperties = new() { [ChatOptionKeys.Stream] = "text" } }, Stop));
        ArgumentException tooLong = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([new(ChatRole.User, new string('x', 500))], cancellationToken: Stop));
        Assert.Contains("Shorten the prompt", tooLong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetService_FindsModelSamplerAndMetadata()
    {
        using LocalChatClient client = new(_model);

        Assert.Same(_model, client.GetService<ILanguageModel>());
        Assert.Same(client, client.GetService<IGroupSampler>());
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Equal(("agents", "seeded"), (client.GetService<ChatClientMetadata>()!.ProviderName, client.GetService<ChatClientMetadata>()!.DefaultModelId));
        Assert.Null(client.GetService<TimeProvider>());
        Assert.Null(client.GetService(typeof(ILanguageModel), "key"));
    }

    [Fact]
    public void Constructor_ModelWithoutTemplate_SaysSo()
    {
        using DecoderModel bare = new(SeededModel.Weights(), SeededModel.Tokenizer with { ChatTemplate = null });

        Assert.Throws<ChatTemplateException>(() => new LocalChatClient(bare));
    }

    private static GenerationRecord Record(AdditionalPropertiesDictionary? properties) => Assert.IsType<GenerationRecord>(properties![GenerationRecord.PropertyName]);

    private string Prompt(ChatResponse response) => _model.Tokenizer.Decode([.. Record(response.AdditionalProperties).PromptTokenIds]);
}
