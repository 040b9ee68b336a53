namespace Agents.Benchmarks.Experiments;

/// <summary>What one arm did with one seed: one line of the journal.</summary>
internal sealed record EffectRow
{
    /// <summary>The arm that stands for the untrained model.</summary>
    public const string Base = "base";

    /// <summary>Gets the arm.</summary>
    public required string Arm { get; init; }

    /// <summary>Gets the family that was trained.</summary>
    public required string Family { get; init; }

    /// <summary>Gets the seed of questions, samples and data order.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Gets the settings in words; another line means another experiment.</summary>
    public required string Settings { get; init; }

    /// <summary>Gets one character per held-out question of each family, 1 for a right greedy answer. The questions are those of the seed, in order.</summary>
    public required SortedDictionary<string, string> Answers { get; init; }

    /// <summary>Gets the updates.</summary>
    public long Updates { get; init; }

    /// <summary>Gets the tokens that gradients were computed for, prompts included.</summary>
    public long TrainedTokens { get; init; }

    /// <summary>Gets the tokens among them that were learned.</summary>
    public long LearnedTokens { get; init; }

    /// <summary>Gets the tokens that were sampled for training.</summary>
    public long SampledTokens { get; init; }

    /// <summary>Gets the wall seconds of the training, without looks at held-out questions.</summary>
    public double Seconds { get; init; }

    /// <summary>Gets the processor seconds of the same.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>Gets the seconds by phase.</summary>
    public SortedDictionary<string, double> Phases { get; init; } = [];

    /// <summary>Gets the divergence from the untrained model per token (k3) on the trained model's own answers at temperature 1.</summary>
    public double Divergence { get; init; }

    /// <summary>Gets the divergence per answer (the sum of log-ratios, averaged).</summary>
    public double DivergencePerAnswer { get; init; }

    /// <summary>Gets how many different training questions were compared with the held-out ones.</summary>
    public int TrainingQuestions { get; init; }

    /// <summary>Gets how many held-out questions they were compared with; none was equal.</summary>
    public int HeldOutQuestions { get; init; }

    /// <summary>Gets looks at validation questions during the training.</summary>
    public IReadOnlyList<CurvePoint> Curve { get; init; } = [];
}
