using Agents.Budgets;
using Agents.Prompts;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Reasoning;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Testing.Conformance;

/// <summary>A strategy under test with all that it needs to run.</summary>
/// <param name="Strategy">Id of the strategy.</param>
/// <param name="Features">Where it and the strategies it calls are found.</param>
/// <param name="Prompts">The prompts as they ship.</param>
/// <param name="Model">
/// Creates a scripted model that answers every prompt of the strategy, each stage drawing its text at random (so that a stream that is not the request's own shows),
/// with a final answer in each text that can become the answer.
/// </param>
public sealed record ConformanceSubject(string Strategy, IFeatureSource Features, IPromptLibrary Prompts, Func<ScriptedChatClient> Model)
{
    /// <summary>Gets the task. Default: a short question.</summary>
    public ReasoningTask Task { get; init; } = ReasoningTask.FromQuestion("What is three times four?");

    /// <summary>Gets the options of every run; the seed is changed by the rules. Default: none.</summary>
    public StrategyOptions Options { get; init; } = new();

    /// <summary>Gets how final answers are found. Default: <see cref="LabelledAnswerFormat"/>.</summary>
    public IAnswerFormat Answers { get; init; } = LabelledAnswerFormat.Instance;

    /// <summary>Gets whether the strategy streams the text of its answer. Default null: it may.</summary>
    public bool? Streams { get; init; }

    /// <summary>Gets after how many completed calls there is something to answer with. Default 1.</summary>
    public int CallsUntilDraft { get; init; } = 1;

    /// <summary>Gets whether calls hang below steps of the trace. Default true; false for a strategy that is one call.</summary>
    public bool HasSteps { get; init; } = true;

    internal ReasoningEngine Engine(IChatClient model) => new(Features, Prompts, Answers, RoleModels.Single(model));

    internal ReasoningRequest Request(ulong seed = 0, Budget? budget = null) => new() { Options = Options with { Seed = seed }, Budget = budget };
}
