using System.Text.Json;
using Agents.Budgets;
using Agents.Plugins;
using Agents.Prompts;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Prompts;
using Agents.Runtime.Reasoning;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Testing;

/// <summary>The real engine with the strategies of a plugin over models of a test.</summary>
/// <param name="features">The strategies, see <see cref="PluginFeatureTable"/>.</param>
/// <param name="models">The model of each role.</param>
/// <param name="prompts">The prompts; null reads the folder <c>prompts</c> beside the test.</param>
/// <param name="verifier">The host's verifier; null for none.</param>
public sealed class PluginBench(FeatureTable features, RoleModels models, IPromptLibrary? prompts = null, IVerifier? verifier = null)
{
    /// <summary>Creates a bench of one plugin and one model.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="model">The model of all roles.</param>
    public PluginBench(IPlugin plugin, IChatClient model)
        : this(PluginFeatureTable.Of(plugin), RoleModels.Single(model))
    {
    }

    /// <summary>Gets the prompts in the folder <c>prompts</c> beside the test.</summary>
    public static IPromptLibrary ShippedPrompts { get; } = PromptLibrary.FromFolders(Path.Combine(AppContext.BaseDirectory, "prompts"));

    /// <summary>Gets the task of runs that name none.</summary>
    public static ReasoningTask Task { get; } = ReasoningTask.FromQuestion("What is three times four?");

    /// <summary>Gets the clock, which stands still.</summary>
    public ManualTimeProvider Clock { get; } = new();

    /// <summary>Gets the engine.</summary>
    public ReasoningEngine Engine => field ??= new ReasoningEngine(features, prompts ?? ShippedPrompts, LabelledAnswerFormat.Instance, models, verifier, time: Clock);

    /// <summary>Creates options.</summary>
    /// <param name="settings">The strategy's own settings as JSON.</param>
    /// <param name="samples">Number of samples; null for the default.</param>
    /// <param name="seed">The seed.</param>
    public static StrategyOptions Options(string settings = "{}", int? samples = null, ulong seed = 0)
    {
        using var document = JsonDocument.Parse(settings);
        return new StrategyOptions { Samples = samples, Seed = seed, Settings = document.RootElement.Clone() };
    }

    /// <summary>Runs a strategy.</summary>
    /// <param name="strategy">Id of the strategy.</param>
    /// <param name="options">Options; null for none.</param>
    /// <param name="budget">Budget; null for none.</param>
    /// <param name="task">The task; null for <see cref="Task"/>.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    public Task<ReasoningResult> SolveAsync(
        string strategy, StrategyOptions? options = null, Budget? budget = null, ReasoningTask? task = null, CancellationToken cancellationToken = default) =>
        Engine.SolveAsync(strategy, task ?? Task, new ReasoningRequest { Options = options ?? new StrategyOptions(), Budget = budget }, cancellationToken);
}
