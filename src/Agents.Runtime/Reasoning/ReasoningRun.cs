using Agents.Budgets;
using Agents.Prompts;
using Agents.Reasoning;
using Agents.Runtime.Budgets;
using Agents.Runtime.Features;
using Agents.Runtime.Tracing;
using Agents.Verification;
using Microsoft.Extensions.Logging;

namespace Agents.Runtime.Reasoning;

/// <summary>What all strategies, steps and calls of one request share.</summary>
internal sealed class ReasoningRun : IStopListener, IDisposable
{
    private readonly CancellationTokenSource _strategies;
    private readonly CancellationTokenRegistration _callerCancels;
    private readonly StopGrace _grace;

    public ReasoningRun(
        RoleModels models, IPromptLibrary prompts, IFeatureSource features, IAnswerFormat answers, IVerifier? verifier,
        ReasoningEngineOptions options, Budget budget, TimeProvider time, ILogger logger, CancellationToken caller)
    {
        Models = models;
        Prompts = prompts;
        Features = features;
        Answers = answers;
        Verifier = verifier;
        Options = options;
        Time = time;
        Logger = logger;
        Trace = new TraceRecorder(time);
        Meter = new BudgetMeter(budget, time);
        _grace = new StopGrace(options.StopGrace, time);
        _strategies = CancellationTokenSource.CreateLinkedTokenSource(caller);
        Token = _strategies.Token;
        Meter.Listen(this);
        _callerCancels = caller.UnsafeRegister(static state => ((BudgetMeter)state!).Stop(StoppedBecause.Cancelled), Meter);
    }

    public RoleModels Models { get; }

    public IPromptLibrary Prompts { get; }

    public IFeatureSource Features { get; }

    public IAnswerFormat Answers { get; }

    public IVerifier? Verifier { get; }

    public ReasoningEngineOptions Options { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public TraceRecorder Trace { get; }

    public BudgetMeter Meter { get; }

    /// <summary>Gets the token that strategies receive.</summary>
    public CancellationToken Token { get; }

    /// <summary>Gets the task that completes when a cancelled strategy has used up its grace.</summary>
    public Task Abandon => _grace.Elapsed;

    /// <summary>Finds a strategy and checks the names of its settings.</summary>
    public FeatureUse<IReasoningStrategy> Strategy(string id, StrategyOptions options) => StrategyLookup.Find(Features, id, options);

    /// <summary>Limits of tokens, calls and cost end the calls; a strategy may still conclude with what it has. Time and the caller end the strategy as well.</summary>
    public void Stopped(StoppedBecause reason)
    {
        if (reason is StoppedBecause.Duration or StoppedBecause.Cancelled)
        {
            _grace.Start();
            _ = _strategies.CancelAsync();
        }
    }

    public void Dispose()
    {
        _grace.Dispose();
        _callerCancels.Dispose();
        Meter.Dispose();
    }
}
