using Agents.Budgets;
using Agents.Verification;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Reasoning;

/// <summary>What the engine hands to a strategy. Calls made through <see cref="Model"/> are charged to the budget and become children of this context's trace node.</summary>
public interface IReasoningContext
{
    /// <summary>Gets the trace node that calls of this context hang below.</summary>
    int NodeId { get; }

    /// <summary>Gets the options of the request, validated.</summary>
    StrategyOptions Options { get; }

    /// <summary>Gets the budget.</summary>
    IBudgetMeter Budget { get; }

    /// <summary>Gets the verifier that the host configured; null when there is none. It never sees a gold answer in serving.</summary>
    IVerifier? Verifier { get; }

    /// <summary>Gets how final answers are extracted and compared.</summary>
    IAnswerFormat Answers { get; }

    /// <summary>Gets the clock.</summary>
    TimeProvider Time { get; }

    /// <summary>Gets the log.</summary>
    ILogger Logger { get; }

    /// <summary>Returns the client bound to a role: recording, budgeted, with the role's model and adapters. Group sampling through <c>GetService&lt;IGroupSampler&gt;()</c> always works (fallback: parallel calls).</summary>
    /// <param name="role">A role name; unbound roles use the default model.</param>
    IChatClient Model(string role = ModelRoles.Default);

    /// <summary>Renders a prompt for the model of a role.</summary>
    /// <param name="name">Prompt name, for example <c>self-aggregation/aggregate</c>.</param>
    /// <param name="variables">Strings, numbers, booleans, and lists or dictionaries of these.</param>
    /// <param name="role">The role that will read it; models may have variants of a prompt.</param>
    IReadOnlyList<ChatMessage> Prompt(string name, IReadOnlyDictionary<string, object?> variables, string role = ModelRoles.Default);

    /// <summary>Returns an independent random stream of this request. The same index gives the same stream.</summary>
    /// <param name="index">Which stream.</param>
    SampleStream Random(ulong index = 0);

    /// <summary>Opens a step below this node. Dispose it when the step ends.</summary>
    /// <param name="name">Name of the step.</param>
    IReasoningStep BeginStep(string name);

    /// <summary>Runs another strategy as a part of this one: same budget, same trace.</summary>
    /// <param name="strategy">Id of the strategy.</param>
    /// <param name="task">Its task.</param>
    /// <param name="options">Its options; null for those of this request without its own settings.</param>
    /// <param name="cancellationToken">Passed to every call.</param>
    Task<ReasoningAnswer> SolveAsync(string strategy, ReasoningTask task, StrategyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs another strategy as a part of this one within a part of its budget: same trace, and its calls count here too. The limits are taken from this budget at once and
    /// what is left of them comes back at the end, so strategies that run at the same time never take from each other. Absent limits share what this budget has left.
    /// </summary>
    /// <param name="strategy">Id of the strategy.</param>
    /// <param name="task">Its task.</param>
    /// <param name="options">Its options; null for those of this request without its own settings.</param>
    /// <param name="limits">Its hard limits and its soft share, cut to what is left; see <see cref="BudgetShares.Share"/>.</param>
    /// <param name="cancellationToken">Passed to every call.</param>
    /// <returns>The answer; the best one so far, with <c>stoppedBecause</c> in its details, where a limit of its own ended the strategy.</returns>
    /// <exception cref="BudgetExceededException">Nothing is left for it, or a limit ended it before it had any answer.</exception>
    Task<ReasoningAnswer> SolveAsync(string strategy, ReasoningTask task, StrategyOptions? options, Budget limits, CancellationToken cancellationToken = default);

    /// <summary>Attaches a fact to a trace node, for example the answer extracted from a call.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="key">Name of the fact.</param>
    /// <param name="value">Its value.</param>
    void Note(int nodeId, string key, string value);

    /// <summary>Gives a trace node a value in [0, 1].</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="value">The value.</param>
    void SetValue(int nodeId, double value);
}
