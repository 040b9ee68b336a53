using Agents.Budgets;
using Agents.Reasoning;
using Agents.Verification;

namespace Agents.Runtime.Reasoning;

/// <summary>How one task is to be answered. Absent values mean the engine's defaults.</summary>
public sealed record ReasoningRequest
{
    /// <summary>Gets the strategy options.</summary>
    public StrategyOptions Options { get; init; } = new();

    /// <summary>Gets the budget; null for the engine's default.</summary>
    public Budget? Budget { get; init; }

    /// <summary>Gets the models; null for the engine's own.</summary>
    public RoleModels? Models { get; init; }

    /// <summary>Gets the verifier; null for the engine's own, if it has one.</summary>
    public IVerifier? Verifier { get; init; }

    /// <summary>Gets how answers are extracted and compared; null for the engine's own.</summary>
    public IAnswerFormat? Answers { get; init; }

    /// <summary>Gets where the task comes from and who judges its record. Strategies never see it.</summary>
    public RequestProvenance Provenance { get; init; } = RequestProvenance.Application;

    /// <summary>Gets whether a cancelled request returns its best draft with <see cref="StoppedBecause.Cancelled"/>. Default false: it throws.</summary>
    public bool KeepDraftOnCancel { get; init; }
}
