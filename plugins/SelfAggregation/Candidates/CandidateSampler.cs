using System.Globalization;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Candidates;

/// <summary>Draws the independent answers of stage 1. Every strategy of this plugin uses it, so comparisons share their candidates.</summary>
internal static class CandidateSampler
{
    /// <summary>Samples answers to the task in one step of the trace.</summary>
    /// <param name="task">What to answer.</param>
    /// <param name="step">Step that the calls hang below.</param>
    /// <param name="count">Wanted number; fewer when the budget does not allow it.</param>
    /// <param name="reserve">Calls to leave for later stages.</param>
    /// <param name="temperature">Sampling temperature, above 0.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public static async Task<IReadOnlyList<Candidate>> SampleAsync(
        ReasoningTask task, IReasoningContext step, int count, int reserve, double temperature, CancellationToken cancellationToken)
    {
        int affordable = Math.Max(1, Math.Min(count, step.Budget.RemainingCalls - reserve));
        ChatOptions options = CallOptions(task, step, temperature);
        IChatClient client = step.Model();
        IGroupSampler group = client.GetService<IGroupSampler>()
            ?? throw new InvalidOperationException("The engine's role clients always offer group sampling.");
        IReadOnlyList<ChatResponse> responses = await group.SampleAsync(task.Messages, affordable, options, cancellationToken).ConfigureAwait(false);
        return [.. responses.Select((response, index) => Read(step, response, index))];
    }

    /// <summary>Extracts the final answer and notes it in the trace.</summary>
    /// <param name="context">The request.</param>
    /// <param name="response">A response.</param>
    /// <param name="index">Place in sampling order.</param>
    public static Candidate Read(IReasoningContext context, ChatResponse response, int index)
    {
        string? answer = context.Answers.Extract(response.Text);
        string? canonical = answer is null ? null : context.Answers.Canonicalize(answer);
        if (response.TraceNodeId() is { } node)
        {
            context.Note(node, "candidate", (index + 1).ToString(CultureInfo.InvariantCulture));
            if (canonical is not null)
            {
                context.Note(node, "answer", canonical);
            }
        }

        return new Candidate(index, response, canonical);
    }

    /// <summary>The caller's options with the temperature and token limit of this request.</summary>
    /// <param name="task">The task with the caller's options.</param>
    /// <param name="context">The request.</param>
    /// <param name="temperature">Temperature of the call.</param>
    public static ChatOptions CallOptions(ReasoningTask task, IReasoningContext context, double temperature)
    {
        ChatOptions options = task.Options?.Clone() ?? new ChatOptions();
        options.Temperature = (float)temperature;
        options.MaxOutputTokens = context.Options.MaxTokens ?? options.MaxOutputTokens;
        return options;
    }
}
