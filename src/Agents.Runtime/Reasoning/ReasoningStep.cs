using Agents.Reasoning;

namespace Agents.Runtime.Reasoning;

/// <summary>A step of a strategy; disposing closes its node.</summary>
internal sealed class ReasoningStep(ReasoningRun run, int nodeId, ReasoningContext.StrategyScope scope, string name)
    : ReasoningContext(run, nodeId, scope), IReasoningStep
{
    public string Name { get; } = name;

    public void Dispose() => Run.Trace.End(NodeId);
}
