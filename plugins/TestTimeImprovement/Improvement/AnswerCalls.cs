using Agents.Models;
using Agents.Plugins.TestTimeImprovement.Synthesis;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Improvement;

/// <summary>The calls whose text may become the answer: plain, under a temporary adapter, or with demonstrations.</summary>
internal sealed class AnswerCalls(ReasoningTask task, IReasoningContext context, TestTimeImprovementSettings settings)
{
    private const int DefaultSamples = 5;
    private const double DefaultSampleTemperature = 0.7;

    /// <summary>Gets the temperature of direct answers.</summary>
    public double Temperature => context.Options.Temperature ?? 0;

    /// <summary>Gets the temperature of answers that are sampled several times.</summary>
    public double SampleTemperature => context.Options.Temperature is { } given && given > 0 ? given : DefaultSampleTemperature;

    /// <summary>Gets how many answers are sampled where several are.</summary>
    public int Samples => context.Options.Samples ?? DefaultSamples;

    /// <summary>Gets how many calls an answer takes.</summary>
    public int PerAnswer => settings.Decoding == AnswerDecoding.Vote ? Samples : 1;

    /// <summary>Samples answers to a conversation.</summary>
    /// <param name="step">Step that the calls hang below.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="adapters">The adapters to answer with, those of the request included; empty for the plain answer of the request.</param>
    /// <param name="count">How many.</param>
    /// <param name="temperature">Temperature.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public Task<IReadOnlyList<Candidate>> SampleAsync(
        IReasoningStep step, IReadOnlyList<ChatMessage> messages, IReadOnlyList<AdapterUse> adapters, int count, double temperature, CancellationToken cancellationToken)
    {
        ChatOptions options = CandidateSampler.CallOptions(task, step, temperature);
        if (adapters.Count > 0)
        {
            // The options are a copy of the caller's, and so are their properties.
            (options.AdditionalProperties ??= [])[ChatOptionKeys.Adapters] = adapters;
        }

        return CandidateSampler.GroupAsync(step, ModelRoles.Default, messages, count, options, 0, cancellationToken);
    }

    /// <summary>Reads one answer: greedy, or by a vote as large as the budget allows.</summary>
    /// <param name="step">Step that the calls hang below.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="adapters">The adapters to answer with, those of the request included; empty for the plain answer of the request.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    /// <returns>The answer; null where every response is empty.</returns>
    public async Task<Candidate?> AnswerAsync(IReasoningStep step, IReadOnlyList<ChatMessage> messages, IReadOnlyList<AdapterUse> adapters, CancellationToken cancellationToken)
    {
        int count = Math.Clamp(step.Budget.RemainingCalls, 1, PerAnswer);
        IReadOnlyList<Candidate> answers = await SampleAsync(step, messages, adapters, count, settings.Decoding == AnswerDecoding.Vote ? SampleTemperature : Temperature, cancellationToken).ConfigureAwait(false);
        if (answers.Count == 1)
        {
            return Tells(answers[0]) ? answers[0] : null;
        }

        Candidate[] told = [.. answers.Where(Tells)];
        return Vote.Of(told).Winner ?? told.FirstOrDefault();
    }

    /// <summary>The task with pairs as earlier turns of its conversation: demonstrations without training (TT-ICL).</summary>
    /// <param name="pairs">The pairs.</param>
    public IReadOnlyList<ChatMessage> WithDemonstrations(IReadOnlyList<SyntheticPair> pairs)
    {
        int at = task.Messages.Count - 1;
        while (at > 0 && task.Messages[at].Role != ChatRole.User)
        {
            at--;
        }

        return
        [
            .. task.Messages.Take(Math.Max(at, 0)),
            .. pairs.SelectMany(pair => new[] { new ChatMessage(ChatRole.User, pair.Question), new ChatMessage(ChatRole.Assistant, pair.Answer) }),
            .. task.Messages.Skip(Math.Max(at, 0)),
        ];
    }

    /// <summary>A pair as an example to train on: asked as the task is asked, without the conversation before it.</summary>
    /// <param name="pair">The pair.</param>
    public AdaptationConversation Example(SyntheticPair pair) => new(
        [.. task.Messages.Where(static message => message.Role == ChatRole.System), new ChatMessage(ChatRole.User, pair.Question)], pair.Target, task.Options);

    private static bool Tells(Candidate answer) => answer.Text.Length > 0 || answer.Message.Contents.Any(static content => content is not (TextContent or TextReasoningContent));
}
