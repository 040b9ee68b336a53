using Agents.Runtime.Connectors;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Agents.Runtime.Resilience;

/// <summary>Builds the layers around a remote call, outermost first: retry, attempt report, circuit breaker, timeout.</summary>
internal static class ResiliencePipelines
{
    /// <summary>Builds the pipeline.</summary>
    /// <param name="options">Checked settings.</param>
    /// <param name="time">The clock.</param>
    public static ResiliencePipeline Build(ResilienceOptions options, TimeProvider time)
    {
        JitterSource jitter = new(options.JitterSeed);
        ResiliencePipelineBuilder builder = new() { TimeProvider = time };
        if (options.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.BaseDelay,
                MaxDelay = options.MaximumDelay,
                Randomizer = jitter.Next,
                ShouldHandle = arguments => new(IsRetryable(arguments.Outcome.Exception, options)),
                DelayGenerator = static arguments => new((arguments.Outcome.Exception as EndpointException)?.RetryAfter),
            });
        }

        builder.AddStrategy(static _ => new AttemptStrategy(), new AttemptOptions());
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = options.BreakerFailureRatio,
            MinimumThroughput = options.BreakerMinimumAttempts,
            SamplingDuration = options.BreakerWindow,
            BreakDuration = options.BreakerPause,

            // A server that says "too many requests" works; only the caller is too fast.
            ShouldHandle = static arguments => new(IsTransient(arguments.Outcome.Exception) && arguments.Outcome.Exception is not EndpointException { Status: 429 }),
        });
        builder.AddTimeout(new TimeoutStrategyOptions { Timeout = options.AttemptTimeout });
        return builder.Build();
    }

    private static bool IsRetryable(Exception? error, ResilienceOptions options) =>
        IsTransient(error) && !(error is EndpointException { RetryAfter: { } wait } && wait > options.MaximumRetryAfter);

    private static bool IsTransient(Exception? error) => error switch
    {
        EndpointException endpoint => endpoint.Retryable,
        TimeoutRejectedException or TimeoutException => true,
        HttpRequestException { StatusCode: { } status } => (int)status is 408 or 429 or >= 500,
        HttpRequestException => true,
        _ => false,
    };

    private sealed class AttemptOptions : ResilienceStrategyOptions;
}
