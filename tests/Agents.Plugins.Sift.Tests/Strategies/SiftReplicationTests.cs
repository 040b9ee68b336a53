using Agents.Plugins.Sift.Predictions;
using Agents.Runtime.Reasoning;
using Agents.Testing;

namespace Agents.Plugins.Sift.Tests.Strategies;

/// <summary>papers/49 §5 (B): the real strategy and engine over independent views; every rate within four standard errors of its exact value.</summary>
public sealed class SiftReplicationTests
{
    private const int Tasks = 3000;

    [Fact]
    public async Task StageOne_IndependentViews_HasTheRatesOfThePaper()
    {
        List<ReasoningResult> results = await SolveAsync("""{"maxStage":1}""");

        ReasoningResult[] grounded = [.. results.Where(IsGrounded)];
        AssertRate(.53333, results, IsGrounded);
        AssertRate(.984375, grounded, IsRight);
        AssertRate(.861, results, IsRight);
        Assert.All(results, result => Assert.Equal(IsGrounded(result) ? 3 : 4, result.Usage.Calls));
    }

    [Fact]
    public async Task AllStages_IndependentViews_CostWhatTheLawSays()
    {
        List<ReasoningResult> results = await SolveAsync("{}");

        // Every stage draws its views anew, so each agrees with the same chance.
        double agreement = SiftLaw.AgreementRate(.7, .75, 9);
        double[] costs = [.. results.Select(result => (double)result.Usage.Calls)];
        double mean = costs.Average();
        double error = 4 * Math.Sqrt(costs.Sum(cost => (cost - mean) * (cost - mean)) / costs.Length / costs.Length);
        Assert.InRange(SiftLaw.ExpectedCalls(agreement, agreement, agreement), mean - error, mean + error);
        AssertRate(1 - Math.Pow(1 - agreement, 3), results, IsGrounded);
        Assert.Equal([3.0, 6, 10, 11], costs.Distinct().Order());
    }

    private static async Task<List<ReasoningResult>> SolveAsync(string settings)
    {
        var bench = new PluginBench(new Plugin(), SiftScript.Independent(.7, .75, .72));
        List<ReasoningResult> results = new(Tasks);
        for (int i = 0; i < Tasks; i++)
        {
            results.Add(await bench.SolveAsync(
                SiftStrategy.Id, PluginBench.Options(settings, seed: 49), task: PluginBench.Task with { Id = $"sift-{i}" }, cancellationToken: TestContext.Current.CancellationToken));
        }

        return results;
    }

    private static bool IsGrounded(ReasoningResult result) => (bool)result.Answer!.Details["grounded"]!;

    private static bool IsRight(ReasoningResult result) => result.Answer!.FinalAnswer == "R";

    private static void AssertRate(double expected, IReadOnlyCollection<ReasoningResult> results, Func<ReasoningResult, bool> holds)
    {
        (double low, double high) = SampleRate.Interval(expected, results.Count);
        Assert.InRange(results.Count(holds) / (double)results.Count, low, high);
    }
}
