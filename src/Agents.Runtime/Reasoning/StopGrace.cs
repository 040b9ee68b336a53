namespace Agents.Runtime.Reasoning;

/// <summary>The time that a strategy has to end after it was cancelled.</summary>
internal static class StopGrace
{
    /// <summary>Waits for a cancellation, then for the grace; ends early when the work ends.</summary>
    /// <param name="cancelled">Completes when the strategy is cancelled.</param>
    /// <param name="grace">The time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ended">Cancelled when the work has ended.</param>
    public static async Task ElapseAsync(Task cancelled, TimeSpan grace, TimeProvider time, CancellationToken ended)
    {
        try
        {
            await cancelled.WaitAsync(ended).ConfigureAwait(false);
            await Task.Delay(grace, time, ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The work ended in time.
        }
    }
}
