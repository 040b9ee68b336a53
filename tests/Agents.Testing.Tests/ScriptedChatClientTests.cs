using Microsoft.Extensions.AI;

namespace Agents.Testing.Tests;

public sealed class ScriptedChatClientTests
{
    private static readonly ChatMessage[] Prompt = [new(ChatRole.User, "what is two plus two")];

    [Fact]
    public async Task SampleAsync_KnownAccuracy_IsMetInFrequency()
    {
        ScriptedChatClient sut = new ScriptedChatClient().WithAccuracy("two", 0.7, "4", "3", "5");

        IReadOnlyList<ChatResponse> responses = await sut.SampleAsync(Prompt, 4000, cancellationToken: TestContext.Current.CancellationToken);

        // 4 standard errors of a share of 0.7 over 4,000 draws are 0.029.
        Assert.InRange(responses.Count(response => response.Text == "4") / 4000.0, 0.671, 0.729);
        Assert.Equal(["3", "4", "5"], responses.Select(response => response.Text).Distinct().Order());
    }

    [Fact]
    public async Task GetResponseAsync_SameStream_GivesTheSameAnswerAndOthersDiffer()
    {
        ScriptedChatClient sut = new ScriptedChatClient().On("", (_, stream) => $"{stream.NextBits()}");
        static ChatOptions With(ulong sample) => new()
        {
            AdditionalProperties = new AdditionalPropertiesDictionary { [ChatOptionKeys.Stream] = new SampleStream(1, 2, sample) },
        };

        string[] texts = new string[3];
        foreach ((int i, ulong sample) in new[] { (0, 5UL), (1, 5UL), (2, 6UL) })
        {
            texts[i] = (await sut.GetResponseAsync(Prompt, With(sample), TestContext.Current.CancellationToken)).Text;
        }

        Assert.Equal(texts[0], texts[1]);
        Assert.NotEqual(texts[0], texts[2]);
    }

    [Fact]
    public async Task GetResponseAsync_FirstMatchingRule_Wins()
    {
        ScriptedChatClient sut = new ScriptedChatClient().On("zzz", new ScriptedAnswer("no")).On("two", new ScriptedAnswer("yes")).On("", new ScriptedAnswer("late"));

        Assert.Equal("yes", (await sut.GetResponseAsync(Prompt, cancellationToken: TestContext.Current.CancellationToken)).Text);
    }

    [Fact]
    public async Task GetResponseAsync_NoRule_ShowsThePrompt()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => new ScriptedChatClient().GetResponseAsync(Prompt, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("what is two plus two", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetResponseAsync_OutputLimit_CutsWordsAndSaysLength()
    {
        ScriptedChatClient sut = new ScriptedChatClient().On("", new ScriptedAnswer("one two three"));

        ChatResponse response = await sut.GetResponseAsync(Prompt, new ChatOptions { MaxOutputTokens = 2 }, TestContext.Current.CancellationToken);

        Assert.Equal(("one two", ChatFinishReason.Length, 2, 5), (response.Text, response.FinishReason, response.Usage!.OutputTokenCount, response.Usage.InputTokenCount));
        Assert.Equal("one two", Assert.Single(sut.Calls).Text);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_Words_AddUpToTheAnswerWithUsage()
    {
        ScriptedChatClient sut = new ScriptedChatClient().On("", new ScriptedAnswer("one two three"));

        List<ChatResponseUpdate> updates = await sut.GetStreamingResponseAsync(Prompt, cancellationToken: TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["one", " two", " three", ""], updates.Select(update => update.Text));
        Assert.Equal(3, updates.ToChatResponse().Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task GetResponseAsync_Latency_PassesOnTheManualClock()
    {
        var clock = new ManualTimeProvider();
        ScriptedChatClient sut = new ScriptedChatClient(new ScriptedChatClientOptions { Latency = TimeSpan.FromSeconds(3), Time = clock }).On("", new ScriptedAnswer("x"));

        Task<ChatResponse> call = sut.GetResponseAsync(Prompt, cancellationToken: TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(call.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal("x", (await call).Text);
    }

    [Fact]
    public void GetService_GroupSamplingOff_HidesTheSampler()
    {
        Assert.NotNull(new ScriptedChatClient().GetService<IGroupSampler>());
        Assert.Null(new ScriptedChatClient(new ScriptedChatClientOptions { GroupSampling = false }).GetService<IGroupSampler>());
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(0.5)]
    public void WithAccuracy_ImpossibleRule_Throws(double accuracy) =>
        Assert.Throws<ArgumentException>(() => new ScriptedChatClient().WithAccuracy("", accuracy, "right"));

    [Fact]
    public void On_NoAnswerOrWeightZero_Throws()
    {
        Assert.Throws<ArgumentException>(() => new ScriptedChatClient().On(""));
        Assert.Throws<ArgumentException>(() => new ScriptedChatClient().On("", new ScriptedAnswer("x", 0)));
    }
}
