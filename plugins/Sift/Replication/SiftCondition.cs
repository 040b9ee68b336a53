namespace Agents.Plugins.Sift.Replication;

/// <summary>How all calls are decoded, and which questions they get. Arms are compared inside one condition only.</summary>
/// <param name="Name">Name; begins the names of its arms.</param>
/// <param name="Temperature">Temperature of the method and of the plain answer.</param>
/// <param name="VoteTemperature">Temperature of votes, which greedy decoding would make pointless.</param>
/// <param name="Levels">Levels (numbers of steps) of the questions, in equal shares: those at which the plain answer is right in 55 to 75 % of the validation split.</param>
internal sealed record SiftCondition(string Name, double Temperature, double VoteTemperature, IReadOnlyList<int> Levels)
{
    /// <summary>Gets greedy decoding, as in the paper. Questions have many steps: with fewer the embedded model hardly errs.</summary>
    public static SiftCondition Greedy { get; } = new("greedy", 0, 0.6, [4, 5]);

    /// <summary>Gets sampling at the rates of the training data: a fifth of the questions misread, a quarter of the stickers drifted. Greedy decoding follows the mode and hides both.</summary>
    public static SiftCondition Sampled { get; } = new("sampled", 1, 1, [2, 3]);

    /// <summary>Gets both conditions.</summary>
    public static IReadOnlyList<SiftCondition> All { get; } = [Sampled, Greedy];

    /// <summary>Returns the name of an arm in this condition.</summary>
    /// <param name="arm">The arm.</param>
    public string Of(string arm) => Name + ": " + arm;
}
