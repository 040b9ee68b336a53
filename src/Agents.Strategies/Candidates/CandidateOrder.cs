namespace Agents.Strategies.Candidates;

/// <summary>Order in which candidates stand in the aggregation prompt.</summary>
public enum CandidateOrder
{
    /// <summary>As sampled.</summary>
    Sampling = 0,

    /// <summary>Shuffled by the request's random stream.</summary>
    Random = 1,

    /// <summary>Shortest first.</summary>
    ByLength = 2,
}
