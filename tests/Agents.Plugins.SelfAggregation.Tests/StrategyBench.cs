using System.Text.Json;
using Agents.Prompts;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Prompts;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests;

/// <summary>The real engine with the plugin's strategies and the prompts as they ship, over a model of the test.</summary>
internal sealed class StrategyBench
{
    public const string Aggregate = "### Attempt 1";
    public const string Choose = "### Candidate 1";
    public const string Verify = "Proposed solution:";
    public const string Feedback = "Your solution:";
    public const string Revise = "Feedback on it:";

    public StrategyBench(IChatClient model, IVerifier? verifier = null, FeatureTable? features = null)
    {
        Model = model;
        Engine = new ReasoningEngine(
            features ?? PluginFeatureTable.Of(new Plugin()), Prompts, LabelledAnswerFormat.Instance, RoleModels.Single(model), verifier, time: Clock);
    }

    public static IPromptLibrary Prompts { get; } = PromptLibrary.FromFolders(Path.Combine(AppContext.BaseDirectory, "prompts"));

    public static ReasoningTask Task { get; } = ReasoningTask.FromQuestion("What is three times four?");

    public ManualTimeProvider Clock { get; } = new();

    public IChatClient Model { get; }

    public ReasoningEngine Engine { get; }

    /// <summary>A model that gives these answers in turn to questions, and others to the prompts of later stages.</summary>
    public static ScriptedChatClient Scripted(IReadOnlyList<string> samples, params IReadOnlyList<(string Part, string Text)> stages)
    {
        var model = new ScriptedChatClient();
        foreach ((string part, string text) in stages)
        {
            model.On(part, new ScriptedAnswer(text));
        }

        int next = -1;
        return model.On("", (_, _) => samples[Interlocked.Increment(ref next) % samples.Count]);
    }

    public static StrategyOptions Options(string settings, int? samples = null) =>
        new() { Samples = samples, Settings = JsonDocument.Parse(settings).RootElement.Clone() };

    public Task<ReasoningResult> SolveAsync(string strategy, ReasoningRequest? request = null, ReasoningTask? task = null) =>
        Engine.SolveAsync(strategy, task ?? Task, request, TestContext.Current.CancellationToken);

    public Task<ReasoningResult> SolveAsync(string strategy, string settings, int? samples = null) =>
        SolveAsync(strategy, new ReasoningRequest { Options = Options(settings, samples) });

    public async Task<IReadOnlyList<ReasoningUpdate>> UpdatesAsync(string strategy, ReasoningRequest? request = null)
    {
        List<ReasoningUpdate> updates = [];
        await foreach (ReasoningUpdate update in Engine.StreamAsync(strategy, Task, request, TestContext.Current.CancellationToken))
        {
            updates.Add(update);
        }

        return updates;
    }
}
