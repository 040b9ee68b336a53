using System.Text.Json;
using Agents.Evaluation.Statistics;

namespace Agents.Evaluation.Harness;

/// <summary>A run in numbers, as <c>agents eval --json</c> prints them.</summary>
public sealed record EvaluationSummary
{
    /// <summary>Gets the name of the task set.</summary>
    public required string Task { get; init; }

    /// <summary>Gets the name of what was evaluated.</summary>
    public required string Strategy { get; init; }

    /// <summary>Gets the judged answers.</summary>
    public required int Count { get; init; }

    /// <summary>Gets the right answers.</summary>
    public required int Correct { get; init; }

    /// <summary>Gets right over judged answers; 0 without any.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Gets the Wilson interval as [low, high]. With several samples per question it is too narrow: compare by bootstrap then.</summary>
    public required IReadOnlyList<double> Confidence95 { get; init; }

    /// <summary>Gets model calls per answer.</summary>
    public required double CallsPerQuestion { get; init; }

    /// <summary>Gets tokens, read and written, per right answer; null when none is right.</summary>
    public required double? TokensPerCorrect { get; init; }

    /// <summary>Gets seconds per right answer; null when none is right.</summary>
    public required double? SecondsPerCorrect { get; init; }

    /// <summary>Gets the mean score of judged answers: partial credit included.</summary>
    public required double MeanScore { get; init; }

    /// <summary>Gets the answers that could not be judged; they count nowhere else but in costs.</summary>
    public required int NotJudged { get; init; }

    /// <summary>Gets the responses without any answer; they are judged wrong.</summary>
    public required int Invalid { get; init; }

    /// <summary>Gets tokens read.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Gets tokens written.</summary>
    public required long CompletionTokens { get; init; }

    /// <summary>Writes the summary as one line of JSON with the stable field names of the command line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationSummary);

    /// <summary>Sums up rows.</summary>
    /// <param name="task">Name of the task set.</param>
    /// <param name="strategy">Name of what was evaluated.</param>
    /// <param name="rows">The rows.</param>
    public static EvaluationSummary Of(string task, string strategy, IReadOnlyList<EvaluationRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        EvaluationRow[] judged = [.. rows.Where(row => row.Correct is not null)];
        int correct = judged.Count(row => row.Correct == true);
        long prompt = rows.Sum(row => row.PromptTokens);
        long completion = rows.Sum(row => row.CompletionTokens);
        ConfidenceInterval interval = WilsonInterval.Of(correct, judged.Length);
        return new EvaluationSummary
        {
            Task = task,
            Strategy = strategy,
            Count = judged.Length,
            Correct = correct,
            Accuracy = judged.Length == 0 ? 0 : correct / (double)judged.Length,
            Confidence95 = [interval.Low, interval.High],
            CallsPerQuestion = rows.Count == 0 ? 0 : rows.Sum(row => (double)row.Calls) / rows.Count,
            TokensPerCorrect = correct == 0 ? null : (prompt + completion) / (double)correct,
            SecondsPerCorrect = correct == 0 ? null : rows.Sum(row => row.Seconds) / correct,
            MeanScore = judged.Length == 0 ? 0 : judged.Average(row => row.Score ?? 0),
            NotJudged = rows.Count - judged.Length,
            Invalid = rows.Count(row => row.Invalid),
            PromptTokens = prompt,
            CompletionTokens = completion,
        };
    }
}
