using Agents.Runtime.Reasoning;
using Polly;

namespace Agents.Runtime.Resilience;

/// <summary>Tells the observer of a call about each attempt; sits directly inside the retry.</summary>
internal sealed class AttemptStrategy : ResilienceStrategy
{
    /// <summary>Key of the attempts of one execution.</summary>
    public static readonly ResiliencePropertyKey<Attempts> Key = new("agents.attempts");

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        if (!context.Properties.TryGetValue(Key, out Attempts? attempts))
        {
            return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        }

        int attempt = attempts.Count++;
        try
        {
            attempts.Observer?.Starting(attempt);
        }
        catch (AgentsException refused)
        {
            return Outcome.FromException<TResult>(refused);
        }

        Outcome<TResult> outcome = await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        if (outcome.Exception is { } error)
        {
            attempts.Observer?.Failed(attempt, error);
        }
        else
        {
            attempts.Observer?.Succeeded(attempt);
        }

        return outcome;
    }

    /// <summary>The attempts of one call.</summary>
    /// <param name="observer">Who hears about them; null for nobody.</param>
    internal sealed class Attempts(IAttemptObserver? observer)
    {
        public IAttemptObserver? Observer { get; } = observer;

        public int Count { get; set; }
    }
}
