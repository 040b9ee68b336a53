namespace Agents.Models.Serving;

/// <summary>What an embedded model is doing, and what it has done since it was created.</summary>
public sealed record ServingStatistics
{
    /// <summary>Gets the requests that wait for their first sequence to start.</summary>
    public int QueuedRequests { get; init; }

    /// <summary>Gets the requests with running sequences.</summary>
    public int RunningRequests { get; init; }

    /// <summary>Gets the sequences that hold keys and values.</summary>
    public int RunningSequences { get; init; }

    /// <summary>Gets the pages in use, kept prefixes included.</summary>
    public long PagesUsed { get; init; }

    /// <summary>Gets the pages there may be.</summary>
    public long PageCapacity { get; init; }

    /// <summary>Gets the size of a page in bytes.</summary>
    public long PageBytes { get; init; }

    /// <summary>Gets the requests that have ended well.</summary>
    public long CompletedRequests { get; init; }

    /// <summary>Gets the requests that were cancelled.</summary>
    public long CancelledRequests { get; init; }

    /// <summary>Gets the requests that failed.</summary>
    public long FailedRequests { get; init; }

    /// <summary>Gets the starts of sequences that found a part of their tokens computed.</summary>
    public long PrefixHits { get; init; }

    /// <summary>Gets the tokens that need not be computed because of it.</summary>
    public long ReusedTokens { get; init; }

    /// <summary>Gets the tokens of sequences at their starts, reused ones included.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Gets the tokens drawn.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>Gets the tokens guessed ahead.</summary>
    public long DraftedTokens { get; init; }

    /// <summary>Gets the guesses that turned out right.</summary>
    public long AcceptedDrafts { get; init; }

    /// <summary>Gets how often a sequence lost its pages to another one and was computed again.</summary>
    public long Suspensions { get; init; }

    /// <summary>Gets the forward passes.</summary>
    public long Batches { get; init; }

    /// <summary>Gets the rows of all forward passes.</summary>
    public long Rows { get; init; }

    /// <summary>Gets the time spent on requests.</summary>
    public TimeSpan BusyTime { get; init; }

    /// <summary>Gets the tokens drawn per second of <see cref="BusyTime"/>; 0 before the first.</summary>
    public double TokensPerSecond => BusyTime > TimeSpan.Zero ? GeneratedTokens / BusyTime.TotalSeconds : 0;
}
