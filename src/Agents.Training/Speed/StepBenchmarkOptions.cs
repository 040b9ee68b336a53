using Agents.Training.Adapters;

namespace Agents.Training.Speed;

/// <summary>What a benchmark of training steps measures.</summary>
public sealed record StepBenchmarkOptions
{
    /// <summary>Gets the tokens per optimizer step. Default 256.</summary>
    public int Tokens { get; init; } = 256;

    /// <summary>Gets the most rows per micro-batch, which is also the length of the sequences; null (default) for all tokens in one.</summary>
    public int? Rows { get; init; }

    /// <summary>Gets how many steps are measured after one unmeasured; the median counts. Default 3.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Gets kind and rank of the adapter and its memory settings; rows are those of <see cref="Rows"/>.</summary>
    public AdapterTrainerOptions Adapter { get; init; } = new();

    /// <summary>Gets the rows per micro-batch that are used.</summary>
    public int MicroBatchRows => Math.Min(Rows ?? Tokens, Tokens);

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (Tokens < 2)
        {
            broken.Add($"tokens must be at least 2, not {Tokens}");
        }

        if (Rows is < 2)
        {
            broken.Add($"rows must be at least 2, not {Rows}");
        }

        if (Rounds < 1)
        {
            broken.Add($"rounds must be at least 1, not {Rounds}");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The benchmark options are invalid: " + string.Join("; ", broken) + ".");
        }

        Adapter.Validate();
    }
}
