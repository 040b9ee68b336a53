namespace Agents.Runtime.Reasoning;

/// <summary>The token of one call: ends with the budget and with what the strategy passed. Most strategies pass their own token, which never ends before the budget's: then nothing is linked.</summary>
internal readonly struct CallToken : IDisposable
{
    private readonly CancellationTokenSource? _linked;

    /// <summary>Creates the token.</summary>
    /// <param name="context">The strategy or step that calls.</param>
    /// <param name="passed">What it passed.</param>
    public CallToken(ReasoningContext context, CancellationToken passed)
    {
        _linked = context.EndsWithBudget(passed) ? null : CancellationTokenSource.CreateLinkedTokenSource(passed, context.Meter.Stopping);
        Token = _linked?.Token ?? context.Meter.Stopping;
    }

    /// <summary>Gets the token.</summary>
    public CancellationToken Token { get; }

    public void Dispose() => _linked?.Dispose();
}
