namespace Agents.Evaluation.Harness;

/// <summary>Settings of an evaluation run.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Gets the name of the task set.</summary>
    public required string Task { get; init; }

    /// <summary>Gets the name of what is evaluated.</summary>
    public required string Strategy { get; init; }

    /// <summary>Gets the seed of all samples.</summary>
    /// <value>Default 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>Gets how often each question is answered; the samples of a question form one cluster.</summary>
    /// <value>Default 1. Range 1 to 1,000.</value>
    public int SamplesPerQuestion { get; init; } = 1;

    /// <summary>Gets how many questions are answered at the same time. Results do not depend on it.</summary>
    /// <value>Default 1. Range 1 to 256.</value>
    public int MaximumConcurrency { get; init; } = 1;

    /// <summary>Gets the journal file that makes the run resumable.</summary>
    /// <value>Default null: nothing is written and nothing can be resumed.</value>
    public string? JournalPath { get; init; }

    internal void Validate()
    {
        List<string> broken = [];
        if (string.IsNullOrWhiteSpace(Task))
        {
            broken.Add("Task must not be empty");
        }

        if (string.IsNullOrWhiteSpace(Strategy))
        {
            broken.Add("Strategy must not be empty");
        }

        if (SamplesPerQuestion is < 1 or > 1000)
        {
            broken.Add(FormattableString.Invariant($"SamplesPerQuestion must lie in [1, 1000], but is {SamplesPerQuestion}"));
        }

        if (MaximumConcurrency is < 1 or > 256)
        {
            broken.Add(FormattableString.Invariant($"MaximumConcurrency must lie in [1, 256], but is {MaximumConcurrency}"));
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("EvaluationOptions: " + string.Join("; ", broken) + ".");
        }
    }
}
