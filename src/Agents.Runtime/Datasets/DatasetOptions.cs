namespace Agents.Runtime.Datasets;

/// <summary>What is taken from recorded trajectories.</summary>
public sealed record DatasetOptions
{
    /// <summary>Gets the sets to make. Default all.</summary>
    public DatasetKinds Kinds { get; init; } = DatasetKinds.All;

    /// <summary>Gets the strategies to take; empty for all.</summary>
    public IReadOnlyCollection<string> Strategies { get; init; } = [];

    /// <summary>Gets the model roles whose texts are taken; empty for all.</summary>
    public IReadOnlyCollection<string> Roles { get; init; } = [];

    /// <summary>Gets the name of the model; null for all.</summary>
    public string? Model { get; init; }

    /// <summary>Gets how the hash of the weights begins; null for all.</summary>
    public string? Generation { get; init; }

    /// <summary>Gets what asked, for example <c>eval</c>; null for all.</summary>
    public string? Source { get; init; }

    /// <summary>Gets the earliest time; null for all.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the threshold: a text is positive when its value lies strictly above. Default 0.5, range [0, 1).</summary>
    public double MinimumValue { get; init; } = 0.5;

    /// <summary>Gets the smallest difference of values of a pair, which then replaces the labels (papers/33 §2.7; useful with five branches and more). Default null, range (0, 1].</summary>
    public double? MinimumGap { get; init; }

    /// <summary>Gets the most pairs of one group of siblings; null for all.</summary>
    public int? MaximumPairsPerPrompt { get; init; }

    /// <summary>Gets the most pairs of one role and question; null for all.</summary>
    public int? MaximumPairsPerQuestion { get; init; }

    /// <summary>Gets what becomes of identical texts with different values. Default: dropped.</summary>
    public DatasetConflicts Conflicts { get; init; }

    /// <summary>Gets whether trajectories of questions from validation and test splits are taken. Default false.</summary>
    public bool IncludeEvaluationSplits { get; init; }

    /// <summary>Gets the questions that must not be learned; null for none beyond the splits.</summary>
    public EvaluationQuestions? Excluded { get; init; }

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting that is out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if ((Kinds & DatasetKinds.All) == DatasetKinds.None)
        {
            broken.Add("no kind of set is chosen");
        }

        if (MinimumValue is not (>= 0 and < 1))
        {
            broken.Add($"the minimum value is {MinimumValue}, it must lie in [0, 1)");
        }

        if (MinimumGap is { } gap && gap is not (> 0 and <= 1))
        {
            broken.Add($"the minimum gap is {gap}, it must lie in (0, 1]");
        }

        if (MaximumPairsPerPrompt is < 1 || MaximumPairsPerQuestion is < 1)
        {
            broken.Add("the most pairs are less than 1");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The dataset options are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
