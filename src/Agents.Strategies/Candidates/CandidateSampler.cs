using System.Globalization;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Strategies.Candidates;

/// <summary>Draws the independent answers of stage 1. Strategies share it, so comparisons share their candidates.</summary>
public static class CandidateSampler
{
    /// <summary>Samples answers to the task in one step of the trace.</summary>
    /// <param name="task">What to answer.</param>
    /// <param name="step">Step that the calls hang below.</param>
    /// <param name="count">Wanted number; fewer when the budget does not allow it, and where single calls failed.</param>
    /// <param name="reserve">Calls to leave for later stages.</param>
    /// <param name="temperature">Sampling temperature, above 0.</param>
    /// <param name="first">Index of the first candidate.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public static Task<IReadOnlyList<Candidate>> SampleAsync(
        ReasoningTask task, IReasoningContext step, int count, int reserve, double temperature, int first, CancellationToken cancellationToken)
    {
        int affordable = Math.Max(1, Math.Min(count, step.Budget.RemainingCalls - reserve));
        return GroupAsync(step, ModelRoles.Default, task.Messages, affordable, CallOptions(task, step, temperature), first, cancellationToken);
    }

    /// <summary>Samples several responses to one prompt and reads them as candidates.</summary>
    /// <param name="step">Step that the calls hang below.</param>
    /// <param name="role">Role that answers.</param>
    /// <param name="messages">The prompt.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="options">Options of each call.</param>
    /// <param name="first">Index of the first candidate.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public static async Task<IReadOnlyList<Candidate>> GroupAsync(
        IReasoningContext step, string role, IReadOnlyList<ChatMessage> messages, int count, ChatOptions options, int first, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatResponse> responses = await Group(step, role).SampleAsync(messages, count, options, cancellationToken).ConfigureAwait(false);
        return [.. responses.Select((response, index) => Read(step, response, first + index))];
    }

    /// <summary>Returns the group sampler of a role, which the engine offers for every backend.</summary>
    /// <param name="context">The request.</param>
    /// <param name="role">Role name.</param>
    public static IGroupSampler Group(IReasoningContext context, string role) =>
        context.Model(role).GetService<IGroupSampler>() ?? throw new InvalidOperationException("The engine's role clients always offer group sampling.");

    /// <summary>Extracts the final answer, from outside of private thinking, and notes it in the trace.</summary>
    /// <param name="context">The request.</param>
    /// <param name="response">A response.</param>
    /// <param name="index">Place in sampling order.</param>
    public static Candidate Read(IReasoningContext context, ChatResponse response, int index)
    {
        string? answer = context.Answers.Extract(VisibleText.Of(response.Text));
        string? canonical = answer is null ? null : context.Answers.Canonicalize(answer);
        if (response.TraceNodeId() is { } node)
        {
            context.Note(node, "candidate", (index + 1).ToString(CultureInfo.InvariantCulture));
            if (canonical is not null)
            {
                context.Note(node, "answer", canonical);
            }
        }

        return new Candidate(index, response, answer, canonical);
    }

    /// <summary>
    /// The caller's options with the temperature and token limit of this request. The caller's seed is left out: sent along with each of n independent calls it
    /// would make them one; the seed of the request reaches every call through its own random stream.
    /// </summary>
    /// <param name="task">The task with the caller's options.</param>
    /// <param name="context">The request.</param>
    /// <param name="temperature">Temperature of the call.</param>
    public static ChatOptions CallOptions(ReasoningTask task, IReasoningContext context, double temperature)
    {
        ChatOptions options = task.Options?.Clone() ?? new ChatOptions();
        options.Temperature = (float)temperature;
        options.MaxOutputTokens = context.Options.MaxTokens ?? options.MaxOutputTokens;
        options.Seed = null;
        return options;
    }

    /// <summary>Says that several single calls start together, so that they share a token budget instead of waiting for each other.</summary>
    /// <param name="options">Options of the calls; not changed.</param>
    /// <param name="left">This call and those still to start, at least 1.</param>
    public static ChatOptions Together(ChatOptions options, int left)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(left);
        ChatOptions own = options.Clone();
        own.AdditionalProperties ??= [];
        own.AdditionalProperties[ChatOptionKeys.Together] = left;
        return own;
    }
}
