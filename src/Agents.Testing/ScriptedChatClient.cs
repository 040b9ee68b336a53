using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Agents.Testing;

/// <summary>
/// A model made of rules: a prompt that matches a rule is answered from the rule's distribution, drawn from the call's <see cref="SampleStream"/>.
/// So a strategy's arithmetic can be tested against known accuracies, repeatably and without a model. A token is a word. Thread-safe once its rules are given.
/// </summary>
public sealed class ScriptedChatClient : IChatClient, IGroupSampler
{
    private readonly List<(Func<IReadOnlyList<ChatMessage>, bool> Matches, Func<IReadOnlyList<ChatMessage>, SampleStream, string> Answer)> _rules = [];
    private readonly ConcurrentQueue<ScriptedCall> _calls = new();
    private readonly ScriptedChatClientOptions _options;
    private long _count;

    /// <summary>Creates a client without rules.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    public ScriptedChatClient(ScriptedChatClientOptions? options = null) => _options = options ?? new ScriptedChatClientOptions();

    /// <summary>Gets the calls so far, a group counting once per sample, in order of completion.</summary>
    public IReadOnlyList<ScriptedCall> Calls => [.. _calls];

    /// <summary>Answers prompts that match with an answer drawn by weight. Earlier rules win.</summary>
    /// <param name="matches">Whether the rule is for these messages.</param>
    /// <param name="answers">Possible answers, at least one.</param>
    /// <returns>This client.</returns>
    public ScriptedChatClient On(Func<IReadOnlyList<ChatMessage>, bool> matches, params IReadOnlyList<ScriptedAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        if (answers.Count == 0 || answers.Any(answer => !(answer.Weight > 0)))
        {
            throw new ArgumentException("A rule needs at least one answer, and every weight must be positive.", nameof(answers));
        }

        double total = answers.Sum(answer => answer.Weight);
        return On(matches, (_, stream) =>
        {
            double at = stream.NextUnit() * total;
            foreach (ScriptedAnswer answer in answers)
            {
                at -= answer.Weight;
                if (at < 0)
                {
                    return answer.Text;
                }
            }

            return answers[^1].Text;
        });
    }

    /// <summary>Answers prompts that match with a function. Earlier rules win.</summary>
    /// <param name="matches">Whether the rule is for these messages.</param>
    /// <param name="answer">Writes the answer; all randomness comes from the stream.</param>
    /// <returns>This client.</returns>
    public ScriptedChatClient On(Func<IReadOnlyList<ChatMessage>, bool> matches, Func<IReadOnlyList<ChatMessage>, SampleStream, string> answer)
    {
        ArgumentNullException.ThrowIfNull(matches);
        ArgumentNullException.ThrowIfNull(answer);
        _rules.Add((matches, answer));
        return this;
    }

    /// <summary>Answers prompts whose text contains something.</summary>
    /// <param name="part">Text that any message must contain; empty matches every prompt.</param>
    /// <param name="answers">Possible answers, at least one.</param>
    /// <returns>This client.</returns>
    public ScriptedChatClient On(string part, params IReadOnlyList<ScriptedAnswer> answers) => On(Containing(part), answers);

    /// <summary>Answers prompts whose text contains something with a function.</summary>
    /// <param name="part">Text that any message must contain; empty matches every prompt.</param>
    /// <param name="answer">Writes the answer; all randomness comes from the stream.</param>
    /// <returns>This client.</returns>
    public ScriptedChatClient On(string part, Func<IReadOnlyList<ChatMessage>, SampleStream, string> answer) => On(Containing(part), answer);

    /// <summary>Answers prompts whose text contains something with a known accuracy.</summary>
    /// <param name="part">Text that any message must contain; empty matches every prompt.</param>
    /// <param name="accuracy">Probability of the right answer, in [0, 1].</param>
    /// <param name="right">The right answer.</param>
    /// <param name="wrong">Wrong answers, which share the rest evenly; at least one unless the accuracy is 1.</param>
    /// <returns>This client.</returns>
    public ScriptedChatClient WithAccuracy(string part, double accuracy, string right, params IReadOnlyList<string> wrong)
    {
        ArgumentNullException.ThrowIfNull(wrong);
        if (accuracy is not (>= 0 and <= 1) || (accuracy < 1 && wrong.Count == 0))
        {
            throw new ArgumentException($"Accuracy {accuracy} must lie in [0, 1], and below 1 there must be wrong answers.", nameof(accuracy));
        }

        IEnumerable<ScriptedAnswer> answers = accuracy > 0 ? [new ScriptedAnswer(right, accuracy)] : [];
        return On(part, [.. answers, .. accuracy < 1 ? wrong.Select(text => new ScriptedAnswer(text, (1 - accuracy) / wrong.Count)) : []]);
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ChatMessage> read = [.. messages];
        await LatencyAsync(cancellationToken).ConfigureAwait(false);
        return Answer(read, options, StreamOf(options));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatResponse response = await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        string[] words = response.Text.Split(' ');
        for (int i = 0; i < words.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ChatResponseUpdate(ChatRole.Assistant, i == 0 ? words[i] : " " + words[i]) { ModelId = response.ModelId };
        }

        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(response.Usage!)]) { FinishReason = response.FinishReason, ModelId = response.ModelId };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ChatResponse>> SampleAsync(
        IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        await LatencyAsync(cancellationToken).ConfigureAwait(false);
        SampleStream stream = StreamOf(options);
        return [.. Enumerable.Range(0, count).Select(i => Answer(messages, options, stream.Fork((ulong)i)))];
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("scripted", null, _options.ModelName)
            : serviceType == typeof(IGroupSampler) && !_options.GroupSampling ? null
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing.</summary>
    public void Dispose()
    {
    }

    private static Func<IReadOnlyList<ChatMessage>, bool> Containing(string part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return messages => messages.Any(message => message.Text.Contains(part, StringComparison.Ordinal));
    }

    private static int Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    private SampleStream StreamOf(ChatOptions? options)
    {
        ulong index = (ulong)Interlocked.Increment(ref _count);
        return options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Stream, out object? value) == true && value is SampleStream stream
            ? stream
            : new SampleStream(_options.Seed, 0, index);
    }

    private Task LatencyAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _options.Latency > TimeSpan.Zero ? Task.Delay(_options.Latency, _options.Time, cancellationToken) : Task.CompletedTask;
    }

    private ChatResponse Answer(IReadOnlyList<ChatMessage> messages, ChatOptions? options, SampleStream stream)
    {
        Func<IReadOnlyList<ChatMessage>, SampleStream, string> answer = _rules.FirstOrDefault(rule => rule.Matches(messages)).Answer
            ?? throw new InvalidOperationException($"No rule of the scripted client matches: {string.Join(" | ", messages.Select(message => $"{message.Role}: {message.Text}"))}");
        string text = answer(messages, stream);
        bool cut = false;
        if (options?.MaxOutputTokens is { } limit && Words(text) > limit)
        {
            text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(limit));
            cut = true;
        }

        _calls.Enqueue(new ScriptedCall(messages, options, text));
        int prompt = messages.Sum(message => Words(message.Text));
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, text))
        {
            ModelId = _options.ModelName,
            FinishReason = cut ? ChatFinishReason.Length : ChatFinishReason.Stop,
            Usage = new UsageDetails { InputTokenCount = prompt, OutputTokenCount = Words(text), TotalTokenCount = prompt + Words(text) },
        };
    }
}
