namespace Agents.Runtime.Reasoning;

/// <summary>Is told of every request that ended with a result, before the caller gets it. Must be quick and must not throw: the caller waits.</summary>
public interface IRequestObserver
{
    /// <summary>Takes a finished request.</summary>
    /// <param name="finished">The request with its result.</param>
    /// <param name="cancellationToken">The caller's.</param>
    ValueTask FinishedAsync(FinishedRequest finished, CancellationToken cancellationToken = default);
}
