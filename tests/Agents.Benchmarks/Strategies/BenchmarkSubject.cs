using System.Text.Json;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Benchmarks.Strategies;

/// <summary>One row of the benchmark.</summary>
/// <param name="Name">Name of the row.</param>
/// <param name="Strategy">Id of the strategy.</param>
/// <param name="Settings">Its settings, as JSON.</param>
internal sealed record BenchmarkSubject(string Name, string Strategy, string Settings = "{}")
{
    private const string Chairs = "Three rows of four chairs stand in a hall. How many chairs are there in all?";
    private const string Tools = "tools: timer(min) buy(n,item) call(who). user: order 3 eggs";
    private const string Program = "f(n): sum of numbers 1 to n; f(1)=1; f(3)=6; f(4)=10";

    /// <summary>Gets the task. Default: a question.</summary>
    public ReasoningTask Task { get; init; } = ReasoningTask.FromQuestion(Chairs) with { Id = "chairs" };

    /// <summary>Gets what stands in front of the client, for a strategy that asks more of its model than answers. Default: nothing.</summary>
    public Func<IChatClient, IChatClient> Model { get; init; } = static client => client;

    /// <summary>Gets all rows.</summary>
    public static IReadOnlyList<BenchmarkSubject> All { get; } =
    [
        new("direct", "direct"),
        new("self-consistency", "self-consistency"),
        new("universal-self-consistency", "universal-self-consistency"),
        new("best-of-n", "best-of-n"),
        new("self-refine", "self-refine", """{"rounds":2}"""),
        new("self-aggregation", "self-aggregation"),
        new("self-aggregation, 3 rounds of 2 members", "self-aggregation", """{"rounds":3,"members":2}"""),
        new("malt", "malt"),
        new("malt-tree", "malt-tree"),
        new("sift", "sift"),
        new("verbalized-sampling", "verbalized-sampling"),
        new("auto", "auto"),
        new("self-aggregation over malt", "self-aggregation", """{"candidatesFrom":{"strategy":"malt","samples":1}}"""),
        Improvement("test-time-improvement, sure", margin: 5),
        Improvement("test-time-improvement, adapts", margin: .5f),
        new("test-time-improvement, by samples", "test-time-improvement"),
        Pipeline("code-pipeline", """{"flow":"debug"}"""),
        Pipeline("code-pipeline, all roles", """{"flow":"act-debug"}"""),
    ];

    /// <summary>Creates the request.</summary>
    /// <param name="client">The client of all roles.</param>
    public ReasoningRequest Request(IChatClient client)
    {
        using var document = JsonDocument.Parse(Settings);
        return new ReasoningRequest { Options = new StrategyOptions { Settings = document.RootElement.Clone() }, Models = RoleModels.Single(Model(client), "instant") };
    }

    private static BenchmarkSubject Improvement(string name, float margin) => new(name, "test-time-improvement")
    {
        Task = ReasoningTask.FromQuestion(Tools) with { Id = "tools" }, Model = client => new InstantLocalModel(client, margin),
    };

    private static BenchmarkSubject Pipeline(string name, string settings) => new(name, "code-pipeline", settings) { Task = ReasoningTask.FromQuestion(Program) with { Id = "program" } };
}
