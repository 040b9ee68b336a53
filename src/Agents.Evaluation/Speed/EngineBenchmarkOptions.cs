namespace Agents.Evaluation.Speed;

/// <summary>What an engine benchmark measures.</summary>
public sealed record EngineBenchmarkOptions
{
    /// <summary>Gets how often each figure is taken after one unmeasured run; the median counts. Default 3.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Gets the prompt length of the prefill figure. Default 512.</summary>
    public int PromptTokens { get; init; } = 512;

    /// <summary>Gets the tokens of the decode figure. Default 64.</summary>
    public int DecodeTokens { get; init; } = 64;

    /// <summary>Gets the samples of the group figure. Default 16.</summary>
    public int GroupSamples { get; init; } = 16;

    /// <summary>Gets the prompt length of the group figure. Default 200.</summary>
    public int GroupPromptTokens { get; init; } = 200;

    /// <summary>Gets the tokens per sample of the group figure. Default 32.</summary>
    public int GroupTokens { get; init; } = 32;

    /// <summary>Gets the context lengths at which the cost of a token is measured; longer ones than the model's context are left out. Default 128, 256, 512, 1024, 2048, 4096.</summary>
    public IReadOnlyList<int> ContextLengths { get; init; } = [128, 256, 512, 1024, 2048, 4096];

    /// <summary>Gets the tokens measured at each context length. Default 16.</summary>
    public int ContextTokens { get; init; } = 16;

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">Lists every setting that is out of range.</exception>
    public void Validate()
    {
        (string Name, int Value)[] counts =
        [
            ("rounds", Rounds), ("prompt tokens", PromptTokens), ("decode tokens", DecodeTokens), ("group samples", GroupSamples),
            ("group prompt tokens", GroupPromptTokens), ("group tokens", GroupTokens - 1), ("context tokens", ContextTokens),
            .. ContextLengths.Select(length => ("context length", length)),
        ];
        List<string> broken = [.. counts.Where(count => count.Value < 1).Select(count => $"{count.Name} must be larger than {count.Value}")];
        if (broken.Count > 0)
        {
            throw new ArgumentException("The benchmark options are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
