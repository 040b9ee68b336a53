using System.Globalization;
using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Auto.Tests;

/// <summary>The strategies of all plugins in one table, and a scripted model that every one of them can work with.</summary>
internal static class StrategyShelf
{
    public const string Aggregate = "### Attempt 1";

    public static FeatureTable All { get; } = Together(
        new Plugin(), new CodePipeline.Plugin(), new Malt.Plugin(), new SelfAggregation.Plugin(), new Sift.Plugin(), new TestTimeImprovement.Plugin(), new VerbalizedSampling.Plugin());

    public static IEnumerable<string> Ids => All.List<IReasoningStrategy>().Select(feature => feature.Id);

    public static Task<ReasoningResult> SolveAsync(IChatClient model, string strategy, StrategyOptions options, Budget? budget = null, ReasoningTask? task = null) =>
        new PluginBench(All, RoleModels.Single(model)).SolveAsync(strategy, options, budget, task, TestContext.Current.CancellationToken);

    /// <summary>Draws everything: stickers, lists, verdicts, choices and answers, in the form that each prompt asks for.</summary>
    public static ScriptedChatClient Drawing() => new ScriptedChatClient()
        .On("\"responses\"", (_, stream) =>
            "{\"responses\":[" + string.Join(',', Enumerable.Range(0, 3).Select(_ => string.Create(CultureInfo.InvariantCulture, $"{{\"text\":\"Answer: {stream.NextInt(90)}\",\"probability\":{stream.NextUnit():0.000}}}"))) + "]}")
        .On("smallest given facts", (_, stream) => $"**Conditions:**\n1. Row of {stream.NextInt(90)}.\n\n**Question:**\nHow many?")
        .On("Compare this with the question", (_, stream) => $"**Conditions:**\n1. Row of {stream.NextInt(90)}.\n\n**Question:**\nHow many?")
        .On("a question that is not shown", (_, stream) => $"**Conditions:**\n1. Row of {stream.NextInt(90)}.\n\n**Question:**\nHow many?")
        .On("### Candidate 1", (_, stream) => $"choice: {1 + stream.NextInt(2)}")
        .On("verdict", (_, stream) => stream.NextInt(2) == 0 ? "Answer: 1\nverdict: right" : "Answer: 2\nverdict: wrong")
        .On("", (_, stream) => $"It may be. Answer: {stream.NextInt(90)}");

    private static FeatureTable Together(params IReadOnlyList<IPlugin> plugins)
    {
        var all = new FeatureTable();
        foreach (FeatureTable one in plugins.Select(PluginFeatureTable.Of))
        {
            foreach (FeatureInfo info in one.List<IReasoningStrategy>())
            {
                all.Add(info, one.Acquire<IReasoningStrategy>(info.Id)!.Feature);
            }
        }

        return all;
    }
}
