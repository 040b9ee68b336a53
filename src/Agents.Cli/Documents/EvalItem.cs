using Agents.Evaluation.Harness;

namespace Agents.Cli.Documents;

/// <summary>A finished evaluation of one strategy on one task.</summary>
internal sealed record EvalItem
{
    /// <summary>Gets the task: a family, a file, or all.</summary>
    public required string Task { get; init; }

    /// <summary>Gets the strategy's id.</summary>
    public required string Strategy { get; init; }

    /// <summary>Gets the model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the hash of the weights; null where the backend does not give it.</summary>
    public required string? Generation { get; init; }

    /// <summary>Gets the judged answers.</summary>
    public required int Count { get; init; }

    /// <summary>Gets the right answers.</summary>
    public required int Correct { get; init; }

    /// <summary>Gets right over judged answers.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Gets the Wilson interval as [low, high].</summary>
    public required IReadOnlyList<double> Confidence95 { get; init; }

    /// <summary>Gets model calls per question.</summary>
    public required double CallsPerQuestion { get; init; }

    /// <summary>Gets tokens, read and written, per right answer; null when none is right.</summary>
    public required double? TokensPerCorrect { get; init; }

    /// <summary>Gets seconds per right answer; null when none is right.</summary>
    public required double? SecondsPerCorrect { get; init; }

    /// <summary>Gets the mean score, partial credit included.</summary>
    public required double MeanScore { get; init; }

    /// <summary>Gets the answers that could not be judged.</summary>
    public required int NotJudged { get; init; }

    /// <summary>Gets the responses without any answer; they are judged wrong.</summary>
    public required int Invalid { get; init; }

    /// <summary>Gets how many answers came from a journal of an earlier run.</summary>
    public required int Resumed { get; init; }

    /// <summary>Describes a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="model">Name of the model.</param>
    /// <param name="generation">Hash of its weights.</param>
    public static EvalItem Of(EvaluationRun run, string model, string? generation) => new()
    {
        Task = run.Summary.Task,
        Strategy = run.Summary.Strategy,
        Model = model,
        Generation = generation,
        Count = run.Summary.Count,
        Correct = run.Summary.Correct,
        Accuracy = run.Summary.Accuracy,
        Confidence95 = run.Summary.Confidence95,
        CallsPerQuestion = run.Summary.CallsPerQuestion,
        TokensPerCorrect = run.Summary.TokensPerCorrect,
        SecondsPerCorrect = run.Summary.SecondsPerCorrect,
        MeanScore = run.Summary.MeanScore,
        NotJudged = run.Summary.NotJudged,
        Invalid = run.Summary.Invalid,
        Resumed = run.Resumed,
    };
}
