using Agents.Runtime.Reasoning;
using Agents.Testing;

namespace Agents.Plugins.Malt.Tests.Strategies;

/// <summary>papers/33 §5, vector 5: the real strategy and engine over roles with known chances; every rate within four standard errors of its exact value.</summary>
public sealed class MaltReplicationTests
{
    private const int Tasks = 3000;

    [Theory]
    [InlineData(.8, .9, .6, .5, .762)]
    [InlineData(.5, .8, .5, .5, .640)]
    [InlineData(.3, .6, .5, .5, .540)]
    public async Task OnePass_ScriptedRoles_HasTheExactRate(double flag, double pass, double fix, double breaks, double expected)
    {
        double[] rates = await RatesAsync(MaltScript.Roles(.6, flag, pass, fix, breaks), "{}", 1);

        AssertRate(expected, rates[0]);
        AssertRate(.6, rates[1]);
    }

    // Three independent passes with chance p of the one right answer and one wrong one: p³ + 3p²(1 − p).
    [Theory]
    [InlineData("gvr", .762)]
    [InlineData("g", .6)]
    [InlineData("gr", .6)]
    public async Task ThreePasses_ScriptedRoles_VoteAsTheBinomialSays(string pipeline, double p)
    {
        double[] rates = await RatesAsync(MaltScript.Roles(.6, .8, .9, .6, .5), $$"""{"pipeline":"{{pipeline}}"}""", 3);

        AssertRate((p * p * p) + (3 * p * p * (1 - p)), rates[0]);
    }

    private static async Task<double[]> RatesAsync(ScriptedChatClient model, string settings, int passes)
    {
        var bench = new PluginBench(new Plugin(), model);
        int right = 0;
        int generated = 0;
        for (int i = 0; i < Tasks; i++)
        {
            ReasoningResult result = await bench.SolveAsync(
                MaltStrategy.Id, PluginBench.Options(settings, passes, 33), task: PluginBench.Task with { Id = $"malt-{i}" }, cancellationToken: TestContext.Current.CancellationToken);
            right += result.Answer!.FinalAnswer == "R" ? 1 : 0;
            generated += result.Trace.First(node => node.Notes.ContainsKey("malt.role")).Text == "Answer: R" ? 1 : 0;
        }

        return [right / (double)Tasks, generated / (double)Tasks];
    }

    private static void AssertRate(double expected, double rate)
    {
        (double low, double high) = SampleRate.Interval(expected, Tasks);
        Assert.InRange(rate, low, high);
    }
}
