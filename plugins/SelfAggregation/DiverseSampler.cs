using Agents.Budgets;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Plugins.SelfAggregation;

/// <summary>Draws candidates that each read a prompt of their own: another way or another language.</summary>
internal static class DiverseSampler
{
    private const string Prompt = "self-aggregation/attempt";
    private static readonly string[] Ways = ["plain", "backwards", "example", "check"];
    private static readonly string[] Languages = ["English", "German", "French", "Spanish", "Chinese", "Russian", "Japanese", "Arabic"];

    /// <summary>Samples answers to the task.</summary>
    /// <param name="task">What to answer.</param>
    /// <param name="step">Step that the calls hang below.</param>
    /// <param name="source">Templates or languages.</param>
    /// <param name="count">How many; the ways and languages repeat after a while. Fewer come back where single calls failed.</param>
    /// <param name="temperature">Sampling temperature.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public static async Task<IReadOnlyList<Candidate>> SampleAsync(
        ReasoningTask task, IReasoningStep step, DiversitySource source, int count, double temperature, CancellationToken cancellationToken)
    {
        ChatOptions options = CandidateSampler.CallOptions(task, step, temperature);

        // Started in order, so that the streams of the calls do not depend on timing.
        Task<ChatResponse>[] calls = [.. Enumerable.Range(0, count).Select(i =>
            step.Model().GetResponseAsync(Conversation.Ask(task, step.Prompt(Prompt, Variables(task, source, i))), CandidateSampler.Together(options, count - i), cancellationToken))];
        await ((Task)Task.WhenAll(calls)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ChatResponse[] responses = [.. calls.Where(call => call.IsCompletedSuccessfully).Select(call => call.Result)];
        Task<ChatResponse>? ends = calls.FirstOrDefault(call => call.IsCanceled || call.Exception?.InnerException is OperationCanceledException or BudgetExceededException)
            ?? (responses.Length == 0 ? calls[0] : null);
        if (ends is not null)
        {
            await ends.ConfigureAwait(false);
        }

        if (responses.Length < count)
        {
            step.Logger.LogWarning("{Failed} of {Count} candidates failed; the trace has the errors.", count - responses.Length, count);
        }

        return [.. responses.Select((response, index) => CandidateSampler.Read(step, response, index))];
    }

    private static Dictionary<string, object?> Variables(ReasoningTask task, DiversitySource source, int index)
    {
        Dictionary<string, object?> variables = new()
        {
            ["question"] = task.Question,
            ["language"] = source == DiversitySource.Languages ? Languages[index % Languages.Length] : "",
        };
        foreach (string way in Ways)
        {
            variables[way] = source == DiversitySource.Templates && way == Ways[index % Ways.Length];
        }

        return variables;
    }
}
