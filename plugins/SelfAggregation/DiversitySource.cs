namespace Agents.Plugins.SelfAggregation;

/// <summary>What makes candidates differ (papers/16 §2.3), besides their temperature.</summary>
public enum DiversitySource
{
    /// <summary>Sampling alone: all candidates read one prompt.</summary>
    Temperature = 0,

    /// <summary>Each candidate is asked to go about the task in another way.</summary>
    Templates = 1,

    /// <summary>Each candidate is asked to work in another language.</summary>
    Languages = 2,
}
