using System.Globalization;

namespace Agents.Benchmarks.Experiments;

/// <summary>Settings of one arm. Defaults are those that were fixed before the seeds of the report ran.</summary>
internal sealed record ArmSettings
{
    /// <summary>Gets the updates; of each round where there are several.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Gets the peak of the learning rate.</summary>
    public double Rate { get; init; } = 3e-4;

    /// <summary>Gets the share of the peak that is left at the end of the linear course.</summary>
    public double FinalShare { get; init; } = 0.2;

    /// <summary>Gets the rank of a LoRA adapter on all linear layers; 0 trains all weights.</summary>
    public int Rank { get; init; }

    /// <summary>Gets how many training questions are drawn.</summary>
    public int Prompts { get; init; } = 8_000;

    /// <summary>Gets the groups of a step (grpo).</summary>
    public int Groups { get; init; } = 32;

    /// <summary>Gets the answers per question (grpo, dpo, rejection).</summary>
    public int GroupSize { get; init; } = 8;

    /// <summary>Gets the updates made from each step's samples (grpo).</summary>
    public int Updates { get; init; } = 1;

    /// <summary>Gets whether rewards are divided by their group's deviation (grpo); otherwise they are centered only, as Dr. GRPO does.</summary>
    public bool Normalized { get; init; }

    /// <summary>Gets whether parts of an answer earn parts of the reward (grpo); otherwise 1 or 0.</summary>
    public bool Partial { get; init; }

    /// <summary>Gets the coefficient of the KL penalty (grpo); 0 scores no reference.</summary>
    public double Penalty { get; init; }

    /// <summary>Gets the inverse strength of the pull to the reference (dpo).</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>Gets the rounds of sampling and training (dpo, rejection).</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Gets the most pairs or accepted answers of one question and round (dpo, rejection).</summary>
    public int PerPrompt { get; init; } = 1;

    /// <summary>Gets the tokens of an update (sft, control, rejection).</summary>
    public int TokensPerStep { get; init; } = 4_096;

    /// <summary>Gets the pairs of an update (dpo).</summary>
    public int PairsPerStep { get; init; } = 32;

    /// <summary>Gets how many updates lie between looks at the validation split; 0 never looks.</summary>
    public int Watch { get; init; }

    /// <summary>Returns the fixed settings of an arm.</summary>
    /// <param name="arm">Name of the arm.</param>
    public static ArmSettings For(string arm) => arm switch
    {
        "grpo" => new ArmSettings { Steps = 120, Rate = 2e-4, Prompts = 6_000, Watch = 15 },
        "dpo" => new ArmSettings { Rounds = 4, Prompts = 3_200, Rate = 2e-4, Beta = 0.3, PerPrompt = 2, PairsPerStep = 64, Watch = 12 },
        "rejection" => new ArmSettings { Rounds = 4, Prompts = 3_200, Rate = 3e-4, PerPrompt = 2, Watch = 12 },
        "sft" => new ArmSettings { Steps = 150, Rate = 3e-4, Watch = 15 },
        "control" or "control-sampled" => new ArmSettings { Rate = 3e-4, Watch = 50 },
        _ => new ArmSettings(),
    };

    /// <summary>Returns these settings with one of them changed.</summary>
    /// <param name="name">Its name as an option, such as <c>rate</c>.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">There is no such setting.</exception>
    /// <exception cref="FormatException">The value is no number.</exception>
    public ArmSettings With(string name, string value)
    {
        int Whole() => int.Parse(value, CultureInfo.InvariantCulture);
        double Number() => double.Parse(value, CultureInfo.InvariantCulture);
        return name switch
        {
            "steps" => this with { Steps = Whole() },
            "rate" => this with { Rate = Number() },
            "final" => this with { FinalShare = Number() },
            "rank" => this with { Rank = Whole() },
            "prompts" => this with { Prompts = Whole() },
            "groups" => this with { Groups = Whole() },
            "group-size" => this with { GroupSize = Whole() },
            "updates" => this with { Updates = Whole() },
            "normalized" => this with { Normalized = Whole() != 0 },
            "partial" => this with { Partial = Whole() != 0 },
            "penalty" => this with { Penalty = Number() },
            "beta" => this with { Beta = Number() },
            "rounds" => this with { Rounds = Whole() },
            "per-prompt" => this with { PerPrompt = Whole() },
            "tokens-per-step" => this with { TokensPerStep = Whole() },
            "pairs-per-step" => this with { PairsPerStep = Whole() },
            "watch" => this with { Watch = Whole() },
            _ => throw new ArgumentException($"There is no setting '{name}'.", nameof(name)),
        };
    }

    /// <summary>Returns everything that shapes a result on one line.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"steps {Steps} rate {Rate} final {FinalShare} rank {Rank} prompts {Prompts} groups {Groups}x{GroupSize} updates {Updates} normalized {Normalized} partial {Partial} penalty {Penalty} beta {Beta} rounds {Rounds} per-prompt {PerPrompt} tokens {TokensPerStep} pairs {PairsPerStep}");
}
