namespace Agents.Training.Loops;

/// <summary>How far sampling and training of a reinforcement run overlap. Without staleness all three give the same weights bit for bit.</summary>
public enum Asynchrony
{
    /// <summary>A step samples all its groups, then trains.</summary>
    Off = 0,

    /// <summary>
    /// Inside a step, micro-batches of complete groups flow into gradient accumulation while later groups are still sampled. Groups are accumulated by ascending index,
    /// so a slow early group holds back those behind it. Objectives that divide by the tokens of the whole step, and advantages that compare groups of the whole step,
    /// have to wait for the last group and gain nothing.
    /// </summary>
    Streaming = 1,

    /// <summary>Streaming, and the groups of later steps are sampled while this one trains, as far as <see cref="ReinforcementOptions.Staleness"/> allows.</summary>
    Async = 2,
}
