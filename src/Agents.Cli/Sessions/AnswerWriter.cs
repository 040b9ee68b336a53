using System.Globalization;
using System.Text;
using Agents.Budgets;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;

namespace Agents.Cli.Sessions;

/// <summary>Runs a request and shows it: the answer while it is written, then the trace.</summary>
internal static class AnswerWriter
{
    /// <summary>Runs a request; on a terminal the final stage's text appears as it comes.</summary>
    /// <param name="updates">The engine's updates.</param>
    /// <param name="console">The console.</param>
    /// <returns>The result.</returns>
    public static async Task<ReasoningResult> RunAsync(IAsyncEnumerable<ReasoningUpdate> updates, CommandConsole console)
    {
        ReasoningResult? result = null;
        StringBuilder streamed = new();
        await foreach (ReasoningUpdate update in updates.ConfigureAwait(false))
        {
            if (update is TokenUpdate token && console.IsTerminal)
            {
                streamed.Append(token.Text);
                console.WriteModelText(token.Text);
            }

            result = (update as ReasoningFinishedUpdate)?.Result ?? result;
        }

        WriteRest(result!, streamed.ToString(), console);
        return result!;
    }

    /// <summary>Writes one line with what the request cost.</summary>
    /// <param name="result">The result.</param>
    /// <param name="console">The console.</param>
    public static void WriteSummary(ReasoningResult result, CommandConsole console)
    {
        BudgetUsage usage = result.Usage;
        string found = result.Answer?.FinalAnswer is { } answer ? $"final answer: {answer}; " : "";
        string stopped = result.StoppedBecause == StoppedBecause.Completed ? "" : $"; stopped by the limit of {Name(result.StoppedBecause)}";
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{found}{usage.Calls} calls, {usage.PromptTokens}+{usage.CompletionTokens} tokens, {usage.Elapsed.TotalSeconds:F2} s{stopped}"));
    }

    /// <summary>Describes a result.</summary>
    /// <param name="result">The result.</param>
    public static AskDocument Describe(ReasoningResult result) => new()
    {
        Answer = result.Answer?.Text,
        FinalAnswer = result.Answer?.FinalAnswer,
        Strategy = result.Strategy,
        Model = result.Model,
        Generation = result.Generation,
        StoppedBecause = Name(result.StoppedBecause),
        Usage = new UsageItem(result.Usage.PromptTokens, result.Usage.CompletionTokens, result.Usage.Calls, result.Usage.Elapsed.TotalSeconds),
        Details = (result.Answer?.Details ?? new Dictionary<string, object?>()).ToDictionary(pair => pair.Key, pair => Convert.ToString(pair.Value, CultureInfo.InvariantCulture)),
        Trace = [.. result.Trace.Select(TraceTree.Describe)],
    };

    /// <summary>Why a request without an answer has none.</summary>
    /// <param name="result">The result.</param>
    public static string MissingAnswer(ReasoningResult result) =>
        $"The limit of {Name(result.StoppedBecause)} ended the request before there was an answer; allow more, or choose a strategy with fewer calls.";

    private static string Name(StoppedBecause reason) => reason.ToString().ToLowerInvariant();

    private static void WriteRest(ReasoningResult result, string streamed, CommandConsole console)
    {
        if (console.Json || result.Answer is not { } answer)
        {
            return;
        }

        if (streamed.Length == 0)
        {
            console.WriteModelText(answer.Text + Environment.NewLine);
        }
        else if (answer.Text.StartsWith(streamed, StringComparison.Ordinal))
        {
            console.WriteModelText(answer.Text[streamed.Length..] + Environment.NewLine);
        }
        else
        {
            // What was streamed is not the answer after all (a discarded attempt): show the answer in full.
            console.Output.WriteLine();
            console.WriteModelText(answer.Text + Environment.NewLine);
        }
    }
}
