using Agents.Models;
using Agents.Plugins.TestTimeImprovement.Replication;
using Agents.Replication;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Tests.Replication;

/// <summary>Arms, controls and verdicts of the replication over scripted answers.</summary>
public sealed class ReplicationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Improved answers are right on unsure items, whatever the arm; shuffled labels and the plain model answer alike.
    [Fact]
    public async Task Run_WhereImprovementHelpsUnsureItems_ShowsTheEffect()
    {
        ScriptedLaboratory laboratory = Laboratory(improvedIsRight: (run, unsure) => unsure);

        ReplicationFindings findings = await new TestTimeImprovementReplication().RunAsync(laboratory, Token);

        Assert.True(findings.Verdict == EffectVerdict.Shown, findings.Explanation);
        Assert.True(findings.Primary.IsBetter);
        Assert.Equal(("unadapted", "uncertain"), (findings.Primary.Baseline, findings.Primary.Method));
        Assert.All(findings.Checks.Where(check => !check.Statement.StartsWith("Right pairs", StringComparison.Ordinal)), check => Assert.True(check.Holds, $"{check.Statement}: {check.Figures}"));
        Assert.Contains(findings.Tables[1].Rows, row => row[0] == "0.95");
    }

    [Fact]
    public async Task Run_WhereImprovementChangesNothing_DoesNotShowIt()
    {
        ScriptedLaboratory laboratory = Laboratory(improvedIsRight: (_, unsure) => !unsure);

        ReplicationFindings findings = await new TestTimeImprovementReplication().RunAsync(laboratory, Token);

        Assert.Equal(EffectVerdict.NotShown, findings.Verdict);
        Assert.Equal(0, findings.Primary.Difference);
    }

    [Fact]
    public async Task Run_MeasuresEveryArmWithEverySeed()
    {
        ScriptedLaboratory laboratory = Laboratory((_, unsure) => unsure, ReplicationProfile.Quick);

        await new TestTimeImprovementReplication().RunAsync(laboratory, Token);

        string[] arms = ["unadapted", "all", "taught", "demonstrations", "votes", "open, unadapted", "open, all", "right pairs", "shuffled labels", "the teacher itself"];
        Assert.All(arms, arm => Assert.Equal([1ul, 2ul, 3ul], laboratory.Measured.Where(measured => measured.Arm == arm).Select(measured => measured.Seed)));
        Assert.Equal(6, laboratory.Measured.Count(measured => measured.Arm.StartsWith("validation", StringComparison.Ordinal)));
        Assert.Equal("teacher", laboratory.Trainings[0].Name);
        Assert.All(laboratory.Trainings.Skip(1), training => Assert.Equal("pooled", training.Name));
    }

    [Fact]
    public async Task Run_OnAModelWithoutAdapters_IsRefusedBeforeAnythingIsMeasured()
    {
        var laboratory = new ScriptedLaboratory();

        TestTimeImprovementException error = await Assert.ThrowsAsync<TestTimeImprovementException>(() => new TestTimeImprovementReplication().RunAsync(laboratory, Token));

        Assert.Contains("a model in this process", error.Message, StringComparison.Ordinal);
        Assert.Empty(laboratory.Measured);
    }

    // One in two items is unsure and, for the plain model, wrong.
    private static ScriptedLaboratory Laboratory(Func<StrategyRun, bool, bool> improvedIsRight, ReplicationProfile profile = ReplicationProfile.Full)
    {
        ScriptedChatClient script = new ScriptedChatClient()
            .On("variant", (_, stream) => $"tools: timer(min) call(who). user: boil for {2 + stream.NextInt(50)} min\ntool: timer\nmin: 5\nanswer: timer(5)")
            .On("", new ScriptedAnswer("answer: none(0)"));
        return new ScriptedLaboratory
        {
            Profile = profile,
            Seeds = [1, 2, 3],
            Prompts = PluginBench.ShippedPrompts,
            Model = new ScriptedLaboratoryModel(new SamplingScript(script)),
            Answer = (run, item, _) => (Improves(run) ? improvedIsRight(run, Unsure(item)) || !Unsure(item) : !Unsure(item)) ? item.Solution : "answer: none(0)",
            Details = (run, item, _) => new Dictionary<string, object?> { ["margin"] = Unsure(item) ? 0.1 : 0.99, ["adapted"] = Improves(run) },
        };

        static bool Unsure(ExperimentItem item) => item.Question.Length % 2 == 0;

        static bool Improves(StrategyRun run) => run.Options.Settings is { } settings && settings.GetProperty("update").GetString() != "none";
    }

    /// <summary>A model that samples groups, and makes adapters without effect.</summary>
    private sealed class SamplingScript(ScriptedChatClient script) : DelegatingChatClient(script), IAdaptationSource
    {
        public override object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(IAdaptationSource) ? this : base.GetService(serviceType, serviceKey);

        public ValueTask<ITemporaryAdapter> AdaptAsync(AdaptationRequest request, CancellationToken cancellationToken = default) => ValueTask.FromResult<ITemporaryAdapter>(new Adapter());

        private sealed class Adapter : ITemporaryAdapter
        {
            public AdapterUse Use { get; } = new("temporary");

            public IReadOnlyList<double> Losses => [];

            public int Steps => 0;

            public double Seconds => 0;

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
