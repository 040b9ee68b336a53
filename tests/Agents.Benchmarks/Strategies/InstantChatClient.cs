using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Agents.Benchmarks.Strategies;

/// <summary>A model that takes no time: it answers by the form that a prompt asks for, the answers going round, so that nothing is resampled and no ladder stops early.</summary>
internal sealed class InstantChatClient : IChatClient, IGroupSampler
{
    private static readonly string[] Answers = [.. Enumerable.Range(1, 97).Select(i => $"Three rows of four. Answer: {i}")];
    private static readonly (string Part, string Reply)[] Forms =
    [
        ("\"responses\"", """{"responses":[{"text":"Answer: 1","probability":0.5},{"text":"Answer: 2","probability":0.3},{"text":"Answer: 3","probability":0.2}]}"""),
        ("smallest given facts", "**Conditions:**\n1. Three rows.\n\n**Question:**\nHow many?"),
        ("Compare this with the question", "**Conditions:**\n1. Four rows.\n\n**Question:**\nHow many?"),
        ("a question that is not shown", "**Conditions:**\n1. Five rows.\n\n**Question:**\nHow many?"),
        ("### Candidate 1", "choice: 1"),
        ("Verify this solution.", "Step 2 is doubtful. Answer: 3"),
        ("Write a corrected, complete solution", "So it is. Answer: 4"),
        ("It only shows what kind of task is wanted", """{"question":"tools: timer(min) sell(n,item). user: boil for 9 min","answer":"tool: timer\nAnswer: timer(9)"}"""),
        ("Do not write code", "1. Add up the numbers in a loop."),
        ("Do not single out the test's input", "answer: f(n):return 0"),
        ("Go through the blocks", """[{"block":"B0","content":"return 0","correct":false,"explanation":"nothing is added up"}]"""),
        ("A tester's report", "answer: f(n):return 0"),
        ("Review the program by reading", "It adds nothing up.\nFAIL"),
        ("Write this program in", "answer: f(n):return 0"),
        ("verdict", "verdict: wrong"),
    ];

    private readonly UsageDetails _usage = new() { InputTokenCount = 10, OutputTokenCount = 8, TotalTokenCount = 18 };
    private long _calls;
    private long _streamed;
    private long _characters;

    /// <summary>Gets how many calls were answered.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Gets how many of them were streamed.</summary>
    public long Streamed => Interlocked.Read(ref _streamed);

    /// <summary>Gets the characters of all replies and of all prompts but the first one's text, which is the task's own; and token ids as so many characters as take their place.</summary>
    public long Characters => Interlocked.Read(ref _characters);

    /// <summary>Gets or sets the text that is the task's own, so that it is not counted.</summary>
    public string Question { get; set; } = "";

    /// <summary>Counts token ids that a strategy hands to its model, four bytes each, as so much text.</summary>
    /// <param name="tokens">How many.</param>
    public void AddTokens(int tokens) => Interlocked.Add(ref _characters, sizeof(int) / sizeof(char) * tokens);

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(Answer(messages));

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _streamed);
        ChatResponse response = Answer(messages);
        yield return new ChatResponseUpdate(ChatRole.Assistant, response.Text);
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(_usage)]) { FinishReason = ChatFinishReason.Stop };
        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChatResponse>> SampleAsync(IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var responses = new ChatResponse[count];
        for (int i = 0; i < count; i++)
        {
            responses[i] = Answer(messages);
        }

        return Task.FromResult<IReadOnlyList<ChatResponse>>(responses);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private ChatResponse Answer(IEnumerable<ChatMessage> messages)
    {
        long call = Interlocked.Increment(ref _calls);
        string prompt = ((IReadOnlyList<ChatMessage>)messages)[^1].Text;
        string reply = Answers[call % Answers.Length];
        if (prompt != Question)
        {
            foreach ((string part, string form) in Forms)
            {
                if (prompt.Contains(part, StringComparison.Ordinal))
                {
                    reply = form;
                    break;
                }
            }

            Interlocked.Add(ref _characters, prompt.Length);
        }

        Interlocked.Add(ref _characters, reply.Length);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, reply)) { FinishReason = ChatFinishReason.Stop, Usage = _usage };
    }
}
