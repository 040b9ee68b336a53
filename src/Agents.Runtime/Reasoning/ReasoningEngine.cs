using System.Runtime.CompilerServices;
using Agents.Budgets;
using Agents.Models;
using Agents.Plugins;
using Agents.Prompts;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Tracing;
using Agents.Tracing;
using Agents.Verification;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Runtime.Reasoning;

/// <summary>Runs strategies: hands them recording, budgeted clients, enforces the limits, and returns the answer with its trace. Serves many requests at once.</summary>
public sealed class ReasoningEngine
{
    private readonly IFeatureSource _features;
    private readonly IPromptLibrary _prompts;
    private readonly IAnswerFormat _answers;
    private readonly RoleModels? _models;
    private readonly IVerifier? _verifier;
    private readonly ReasoningEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logging;
    private readonly IRequestObserver? _observer;

    /// <summary>Creates an engine.</summary>
    /// <param name="features">Where strategies are found.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="answers">How final answers are extracted and compared.</param>
    /// <param name="models">The models of requests that name none; null when every request names its own.</param>
    /// <param name="verifier">The verifier of requests that name none; null for none.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logging">The log; null for none.</param>
    /// <param name="observer">Is told of every finished request; null for nobody.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public ReasoningEngine(
        IFeatureSource features, IPromptLibrary prompts, IAnswerFormat answers, RoleModels? models = null, IVerifier? verifier = null,
        ReasoningEngineOptions? options = null, TimeProvider? time = null, ILoggerFactory? logging = null, IRequestObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(answers);
        _features = features;
        _prompts = prompts;
        _answers = answers;
        _models = models;
        _verifier = verifier;
        _options = options ?? new ReasoningEngineOptions();
        _options.Validate();
        _time = time ?? TimeProvider.System;
        _logging = logging ?? NullLoggerFactory.Instance;
        _observer = observer;
    }

    /// <summary>Gets the known strategies, in order of ids.</summary>
    public IReadOnlyList<FeatureInfo> Strategies => _features.List<IReasoningStrategy>();

    /// <summary>Answers a task.</summary>
    /// <param name="strategy">Id of the strategy.</param>
    /// <param name="task">The task.</param>
    /// <param name="request">Options, budget, models; null for the engine's defaults.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="StrategyNotFoundException">The id is unknown.</exception>
    /// <exception cref="ReasoningException">The strategy failed or broke its contract.</exception>
    /// <exception cref="ArgumentException">Options or budget are invalid, or no model is bound.</exception>
    public async Task<ReasoningResult> SolveAsync(
        string strategy, ReasoningTask task, ReasoningRequest? request = null, CancellationToken cancellationToken = default)
    {
        ReasoningResult? result = null;
        await foreach (ReasoningUpdate update in StreamAsync(strategy, task, request, cancellationToken).ConfigureAwait(false))
        {
            result = (update as ReasoningFinishedUpdate)?.Result ?? result;
        }

        return result!;
    }

    /// <summary>Answers a task and reports progress: the strategy's updates, then one <see cref="ReasoningFinishedUpdate"/>.</summary>
    /// <param name="strategy">Id of the strategy.</param>
    /// <param name="task">The task.</param>
    /// <param name="request">Options, budget, models; null for the engine's defaults.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="StrategyNotFoundException">The id is unknown.</exception>
    /// <exception cref="ReasoningException">The strategy failed or broke its contract.</exception>
    /// <exception cref="ArgumentException">Options or budget are invalid, or no model is bound.</exception>
    public async IAsyncEnumerable<ReasoningUpdate> StreamAsync(
        string strategy, ReasoningTask task, ReasoningRequest? request = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        request ??= new ReasoningRequest();
        cancellationToken.ThrowIfCancellationRequested();
        using ReasoningRun run = Create(request, cancellationToken);
        using FeatureUse<IReasoningStrategy> use = run.Strategy(strategy, request.Options);
        var stream = new SampleStream(request.Options.Seed, StableHash.Of(task.Id.Length > 0 ? task.Id : task.Question));
        ReasoningContext context = ReasoningContext.ForStrategy(run, strategy, request.Options, stream);
        StrategyReader reader = new(context, strategy);
        StoppedBecause stopped = StoppedBecause.Completed;
        await using (reader.ConfigureAwait(false))
        {
            reader.Start(use.Feature, task, run.Token);
            while (stopped == StoppedBecause.Completed)
            {
                ReasoningUpdate? update = null;
                try
                {
                    update = await reader.NextAsync().ConfigureAwait(false);
                }
                catch (BudgetExceededException error)
                {
                    stopped = error.Reason;
                }
                catch (OperationCanceledException) when (request.KeepDraftOnCancel && cancellationToken.IsCancellationRequested)
                {
                    stopped = StoppedBecause.Cancelled;
                }

                if (update is null)
                {
                    break;
                }

                yield return update;
            }
        }

        ReasoningResult result = Finish(run, context, reader, strategy, stopped);
        if (_observer is not null && request.Provenance.MayRecord)
        {
            await _observer.FinishedAsync(new FinishedRequest(task, request, run.Meter.Limits, run.Models, result, _time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        }

        yield return new ReasoningFinishedUpdate(result);
    }

    private ReasoningRun Create(ReasoningRequest request, CancellationToken cancellationToken) => new(
        request.Models ?? _models ?? throw new ArgumentException("The request names no models and the engine has none of its own.", nameof(request)),
        _prompts, _features, request.Answers ?? _answers, request.Verifier ?? _verifier, _options, request.Budget ?? _options.DefaultBudget,
        _time, _logging.CreateLogger("Agents.Reasoning"), cancellationToken);

    private static ReasoningResult Finish(ReasoningRun run, ReasoningContext context, StrategyReader reader, string strategy, StoppedBecause stopped)
    {
        ReasoningAnswer? answer = stopped == StoppedBecause.Completed ? reader.RequireAnswer() : reader.Answer ?? Salvage(run);

        // A strategy that concluded by itself after a call was refused did not complete: the limit shaped its answer.
        stopped = stopped == StoppedBecause.Completed && run.Meter.Refused ? run.Meter.Reason : stopped;
        run.Trace.CloseBelow(context.NodeId);
        run.Trace.End(context.NodeId, new TraceOutcome { Text = answer?.Text });
        IReadOnlyList<TraceNode> trace = run.Trace.Complete();
        return new ReasoningResult
        {
            Answer = answer,
            Strategy = strategy,
            Model = run.Models.Default.FindName() ?? trace.LastOrDefault(node => node.Model is not null)?.Model,
            Generation = trace.LastOrDefault(node => node.Record is not null)?.Record?.GenerationId
                ?? (run.Models.Default.Client.GetService(typeof(ILanguageModel)) as ILanguageModel)?.GenerationId,
            StoppedBecause = stopped,
            Usage = run.Meter.Used,
            Trace = trace,
        };
    }

    // No draft was offered: the latest text of a role that writes answers is the best there is.
    private static ReasoningAnswer? Salvage(ReasoningRun run)
    {
        TraceNode? latest = run.Trace.Snapshot().LastOrDefault(node =>
            node is { Kind: TraceNodeKind.Call, Text.Length: > 0 } && node.Role is ModelRoles.Default or ModelRoles.Aggregator or ModelRoles.Refiner);
        return latest is null ? null : new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, latest.Text))
        {
            FinalAnswer = run.Answers.Extract(latest.Text!),
            Details = new Dictionary<string, object?> { ["salvagedFromNode"] = latest.Id },
        };
    }
}
