namespace Agents.Runtime.Learning;

/// <summary>A component of the reward.</summary>
/// <param name="Name"><c>correct</c> (the whole answer is right), <c>partial</c> (share of its parts that are right) or <c>format</c> (a marked answer was found).</param>
/// <param name="Weight">Factor in the reward; 0 only watches it.</param>
public sealed record RewardSetting(string Name, double Weight);
