using System.Globalization;
using Agents.Budgets;
using Agents.Models;
using Agents.Plugins.TestTimeImprovement.Synthesis;
using Agents.Plugins.TestTimeImprovement.Uncertainty;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Plugins.TestTimeImprovement.Improvement;

/// <summary>One input on its way through H, G and T. Failures of a stage are noted and end in the plain answer; only cancellation and the hard budget of the request go through.</summary>
internal sealed class ImprovementRun : IAsyncDisposable
{
    // Apart from the streams of calls: the start of the adapter and the draw of selection 'random' belong to the item, not to the order of requests.
    private const ulong AdapterStream = 1;
    private const ulong SelectionStream = 2;
    private readonly IReasoningContext _context;
    private readonly TestTimeImprovementSettings _settings;
    private readonly ModelMeans _means;
    private readonly UncertaintyMeter _meter;
    private readonly ReasoningTask _task;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource? _timeBudget;
    private readonly CancellationTokenSource? _limited;

    /// <summary>Starts the time budget.</summary>
    /// <param name="task">The task.</param>
    /// <param name="context">The request.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="means">What the model can do.</param>
    /// <param name="cancellationToken">Token of the request.</param>
    public ImprovementRun(ReasoningTask task, IReasoningContext context, TestTimeImprovementSettings settings, ModelMeans means, CancellationToken cancellationToken)
    {
        _task = task;
        _context = context;
        _settings = settings;
        _means = means;
        _caller = cancellationToken;
        Calls = new AnswerCalls(task, context, settings);
        Report = new ImprovementReport(means, context.Time) { Threshold = settings.Tau };
        _meter = new UncertaintyMeter(task, settings, means, Calls);
        _timeBudget = settings.TimeBudgetMs is { } limit ? new CancellationTokenSource(TimeSpan.FromMilliseconds(limit), context.Time) : null;
        _limited = _timeBudget is null ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _timeBudget.Token);
    }

    /// <summary>Gets the calls that answer.</summary>
    public AnswerCalls Calls { get; }

    /// <summary>Gets what happened.</summary>
    public ImprovementReport Report { get; }

    /// <summary>Gets the plain answer, where measuring brought one along.</summary>
    public Candidate? Draft => _meter.Draft;

    // Ends with the request or with the time budget.
    private CancellationToken Limited => _limited?.Token ?? _caller;

    /// <summary>H.</summary>
    /// <param name="step">Step of the trace.</param>
    public async Task MeasureAsync(IReasoningStep step)
    {
        long start = Report.Start();
        try
        {
            Report.Estimate = await _meter.MeasureAsync(step, Limited).ConfigureAwait(false);
        }
        catch (Exception error) when (IsFailure(error))
        {
            FallBack(step, "measuring", error);
        }

        Report.End(ImprovementStage.Score, start);
    }

    /// <summary>Decides whether the input is improved; a place of the rate budget is taken only where it is.</summary>
    /// <param name="margins">Margins of all requests.</param>
    /// <param name="rate">Improvements of all requests.</param>
    public bool Selects(MarginWindow margins, AdaptationRate rate)
    {
        if (Report.Estimate is { } estimate && _settings.TauQuantile is { } quantile)
        {
            Report.Threshold = margins.ThresholdFor(estimate.Margin, quantile, _settings.WarmUp, _settings.Tau);
        }

        double? margin = Report.Estimate?.Margin;
        bool selected = _means.Update != AdaptationUpdate.None && _settings.Selection switch
        {
            AdaptationSelection.Uncertain => margin < Report.Threshold,
            AdaptationSelection.Certain => margin >= Report.Threshold,
            AdaptationSelection.Random => _context.Random(SelectionStream).NextUnit() < _settings.Share,
            _ => true,
        };
        if (!selected || Report.Fallback is not null)
        {
            return false;
        }

        // One call for a pair and one for the answer.
        string? refusal = _context.Budget.RemainingCalls < 2 || SoftLimit.Reached(_context.Budget) ? "the budget of the request pays for the plain answer only"
            : !rate.TryTake(_settings.MaxAdaptationsPerMinute, _context.Time) ? "the rate budget is used up"
            : null;
        if (refusal is not null)
        {
            FallBack(_context.NodeId, refusal);
        }

        return refusal is null;
    }

    /// <summary>G.</summary>
    /// <param name="step">Step of the trace.</param>
    public async Task SynthesizeAsync(IReasoningStep step)
    {
        long start = Report.Start();
        int reserve = Math.Clamp(step.Budget.RemainingCalls - _settings.Pairs, 1, Calls.PerAnswer);
        try
        {
            Report.Pairs = await new PairWriter(_task, _settings, _means.Adapters).WriteAsync(step, reserve, Limited).ConfigureAwait(false);
        }
        catch (Exception error) when (IsFailure(error))
        {
            FallBack(step, "writing pairs", error);
        }

        Report.End(ImprovementStage.Synthesize, start);
        if (Report.Pairs.Count == 0 && Report.Fallback is null)
        {
            FallBack(step.NodeId, "no valid pair was written");
        }
    }

    /// <summary>T, and the answer under it.</summary>
    /// <param name="step">Step of the trace.</param>
    /// <returns>Null where the plain answer has to do.</returns>
    public async Task<Candidate?> ImproveAsync(IReasoningStep step)
    {
        if (_means.Update == AdaptationUpdate.Icl)
        {
            return await AnswerAsync(step, Calls.WithDemonstrations(Report.Pairs), []).ConfigureAwait(false);
        }

        long start = Report.Start();
        ITemporaryAdapter? adapter = null;
        try
        {
            adapter = await _means.Source!.AdaptAsync(Request(), Limited).ConfigureAwait(false);
        }
        catch (Exception error) when (IsFailure(error))
        {
            FallBack(step, "training", error);
        }

        Report.End(ImprovementStage.Train, start);
        if (adapter is null)
        {
            return null;
        }

        await using (adapter.ConfigureAwait(false))
        {
            Report.Trained(adapter);
            step.Note(step.NodeId, "losses", Report.Losses);
            return await AnswerAsync(step, _task.Messages, [.. _means.Adapters, adapter.Use]).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _limited?.Dispose();
        _timeBudget?.Dispose();
        return ValueTask.CompletedTask;
    }

    private AdaptationRequest Request() => new()
    {
        Conversations = Examples(),
        Adapters = _means.Adapters,
        Rank = _settings.Rank,
        Alpha = _settings.Alpha,
        LearningRate = _settings.LearningRate,
        Steps = _settings.Steps,
        Seed = SeedOf(_context.Random(AdapterStream)),
    };

    private AdaptationConversation[] Examples()
    {
        var examples = new AdaptationConversation[Report.Pairs.Count];
        for (int i = 0; i < examples.Length; i++)
        {
            examples[i] = Calls.Example(Report.Pairs[i]);
        }

        return examples;
    }

    private static ulong SeedOf(SampleStream stream) => stream.NextBits();

    // The answer itself is outside of the time budget: the plain one would take as long.
    private async Task<Candidate?> AnswerAsync(IReasoningStep step, IReadOnlyList<ChatMessage> messages, IReadOnlyList<AdapterUse> adapters)
    {
        long start = Report.Start();
        Candidate? answer = null;
        try
        {
            answer = await Calls.AnswerAsync(step, messages, adapters, _caller).ConfigureAwait(false);
        }
        catch (Exception error) when (IsFailure(error))
        {
            FallBack(step, "answering", error);
        }

        Report.End(ImprovementStage.Answer, start);
        Report.Adapted = answer is not null;
        if (answer is null && Report.Fallback is null)
        {
            FallBack(step.NodeId, "the improved model answered nothing");
        }

        return answer;
    }

    // Whatever fails, the plain answer follows; only the caller and the budget of the request end it.
    private bool IsFailure(Exception error) => TimeIsUp(error) || error is not (OperationCanceledException or BudgetExceededException);

    private bool TimeIsUp(Exception error) => error is OperationCanceledException && _timeBudget is { IsCancellationRequested: true } && !_caller.IsCancellationRequested;

    private void FallBack(IReasoningStep step, string what, Exception error)
    {
        if (TimeIsUp(error))
        {
            FallBack(step.NodeId, $"the time budget of {_settings.TimeBudgetMs} ms ended while {what}");
            return;
        }

        step.Logger.LogWarning(error, "Test-time improvement failed while {What}; the plain answer follows.", what);
        FallBack(step.NodeId, $"{what} failed: {error.Message.ReplaceLineEndings(" ")}");
    }

    private void FallBack(int node, string reason)
    {
        Report.Fallback = reason;
        _context.Note(node, "fallback", reason);
    }
}
