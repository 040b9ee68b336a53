using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Tracing;
using Agents.Verification;

namespace Agents.Plugins.SelfAggregation.Tests.Replication;

/// <summary>papers/16 §5 (A): real strategies and engine over a model with known probabilities; every rate within four standard errors of its exact value.</summary>
public sealed class SlotReplicationTests
{
    private const int Tasks = 6000;

    [Fact]
    public async Task SelfAggregation_SlotModel_RecoversWhatNoCandidateHasAndPassesTheCapOfSelection()
    {
        List<(string[] Candidates, string Answer)> results = await SolveAsync("self-aggregation", 3);

        Assert.All(results, result => Assert.Equal(3, result.Candidates.Length));
        bool[] any = [.. results.Select(result => result.Candidates.Contains(SlotModel.Right))];
        bool[] whole = [.. results.Select(result => result.Answer == SlotModel.Right)];
        AssertRate(.2401, results.Select(result => result.Candidates[0] == SlotModel.Right));
        AssertRate(.5612, any);
        AssertRate(.497871, whole);
        AssertRate(.097038, whole.Zip(any, (right, had) => right && !had));
        AssertRate(.84, results.SelectMany(result => result.Answer.Split(' ')).Select(slot => slot == "0"));
    }

    [Theory]
    [InlineData("direct", 1, .2401)]
    [InlineData("self-consistency", 3, .282742)]
    [InlineData("self-consistency", 4, .347015)]
    public async Task Baseline_SlotModel_HasTheExactRate(string strategy, int samples, double expected)
    {
        List<(string[] Candidates, string Answer)> results = await SolveAsync(strategy, samples);

        Assert.All(results, result => Assert.Equal(samples, result.Candidates.Length));
        AssertRate(expected, results.Select(result => result.Answer == SlotModel.Right));
    }

    [Fact]
    public async Task BestOfN_PerfectVerifier_ReachesTheCapOfSelectionAndNeverMore()
    {
        List<(string[] Candidates, string Answer)> results = await SolveAsync("best-of-n", 3, new OracleVerifier());

        AssertRate(.5612, results.Select(result => result.Answer == SlotModel.Right));
        Assert.All(results, result => Assert.Equal(result.Candidates.Contains(SlotModel.Right), result.Answer == SlotModel.Right));
    }

    private static async Task<List<(string[] Candidates, string Answer)>> SolveAsync(string strategy, int samples, IVerifier? verifier = null)
    {
        var bench = new StrategyBench(SlotModel.Create(), verifier);
        var request = new ReasoningRequest
        {
            Options = new StrategyOptions { Seed = 16, Samples = samples, Settings = strategy == "self-aggregation" ? StrategyBench.Options("""{"resampleTemperature":0}""").Settings : null },
        };
        List<(string[] Candidates, string Answer)> results = new(Tasks);
        for (int i = 0; i < Tasks; i++)
        {
            ReasoningResult result = await bench.SolveAsync(strategy, request, StrategyBench.Task with { Id = $"slots-{i}" });
            string[] candidates = [.. result.Trace.Where(node => node is { Kind: TraceNodeKind.Call, Role: ModelRoles.Default }).Select(node => node.Notes["answer"])];
            results.Add((candidates, result.Answer!.FinalAnswer!));
        }

        return results;
    }

    private static void AssertRate(double expected, IEnumerable<bool> outcomes)
    {
        bool[] all = [.. outcomes];
        double rate = all.Average(outcome => outcome ? 1.0 : 0.0);
        double error = Math.Sqrt(expected * (1 - expected) / all.Length);
        Assert.InRange(rate, expected - (4 * error), expected + (4 * error));
    }

    private sealed class OracleVerifier : IVerifier
    {
        public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Verdict.Of(request.Response == $"Answer: {SlotModel.Right}"));
    }
}
