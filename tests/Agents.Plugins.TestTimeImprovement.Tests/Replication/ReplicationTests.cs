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

        string[] arms = ["unadapted", "all", "taught", "demonstrations", "votes", "open, unadapted", "open, all", "right pairs", "right pairs of other items", "shuffled labels", "the teacher itself"];
        Assert.All(arms, arm => Assert.Equal([1ul, 2ul, 3ul], laboratory.Measured.Where(measured => measured.Arm == arm).Select(measured => measured.Seed)));
        Assert.Equal(6, laboratory.Measured.Count(measured => measured.Arm.StartsWith("validation", StringComparison.Ordinal)));
        Assert.Equal(["base", "teacher"], laboratory.Trainings.Take(2).Select(training => training.Name));
        Assert.Equal(3, laboratory.Trainings.Skip(2).Count());
        Assert.All(laboratory.Trainings.Skip(2), training => Assert.Equal(("pooled", "base-1"), (training.Name, training.Start?.Id)));
    }

    // Quick runs are what settings are chosen by.
    [Theory]
    [InlineData(ReplicationProfile.Quick, "/validation/")]
    [InlineData(ReplicationProfile.Full, "/test/")]
    public async Task Run_MeasuresTestItemsInFullRunsOnly(ReplicationProfile profile, string split)
    {
        HashSet<string> measured = [];
        ScriptedLaboratory laboratory = Laboratory((_, unsure) => unsure, profile, item => measured.Add(item.Id));

        await new TestTimeImprovementReplication().RunAsync(laboratory, Token);

        Assert.All(measured, id => Assert.Contains(split, id, StringComparison.Ordinal));
        Assert.NotEmpty(measured);
    }

    // Every arm but those of the open questions runs with the base adapter, and temporary adapters are trained over it.
    [Fact]
    public async Task Run_AllArmsRunWithTheBaseAdapter()
    {
        List<StrategyRun> runs = [];
        ScriptedLaboratory laboratory = Laboratory((_, unsure) => unsure, ReplicationProfile.Quick, asked: (run, item) =>
        {
            if (item.Family == "errands")
            {
                runs.Add(run);
            }
        });

        await new TestTimeImprovementReplication().RunAsync(laboratory, Token);

        Assert.All(runs, run => Assert.Equal("base-1", run.Adapters["default"].Id));
        Assert.Contains(runs, run => run.Adapters.TryGetValue("teacher", out ExperimentAdapter? teacher) && teacher.Id == "teacher-2");
        var source = (SamplingScript)((ScriptedLaboratoryModel)laboratory.Model).Client;
        Assert.Contains(source.Requests, request => request.Adapters.Count == 1 && request.Adapters[0].Id == "base-1");
        Assert.All(source.Requests.Where(request => request.Adapters.Count > 0), request => Assert.Equal([new AdapterUse("base-1")], request.Adapters));
        Assert.All(source.Sampled, uses => Assert.Equal([new AdapterUse("base-1")], uses));
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
    private static ScriptedLaboratory Laboratory(Func<StrategyRun, bool, bool> improvedIsRight, ReplicationProfile profile = ReplicationProfile.Full, Action<ExperimentItem>? answered = null, Action<StrategyRun, ExperimentItem>? asked = null)
    {
        ScriptedChatClient script = new ScriptedChatClient()
            .On("variant", (_, stream) => $"tools: heat(n) find(item). user: warm up to {2 + stream.NextInt(50)}\ntool: heat\nn: 5\nanswer: heat(5)")
            .On("", new ScriptedAnswer("answer: none(0)"));
        return new ScriptedLaboratory
        {
            Profile = profile,
            Seeds = [1, 2, 3],
            Prompts = PluginBench.ShippedPrompts,
            Model = new ScriptedLaboratoryModel(new SamplingScript(script)),
            Answer = (run, item, _) => Note(run, item) && (Improves(run) ? improvedIsRight(run, Unsure(item)) || !Unsure(item) : !Unsure(item)) ? item.Solution : "answer: none(0)",
            Details = (run, item, _) => new Dictionary<string, object?> { ["margin"] = Unsure(item) ? 0.1 : 0.99, ["adapted"] = Improves(run) },
        };

        bool Note(StrategyRun run, ExperimentItem item)
        {
            answered?.Invoke(item);
            asked?.Invoke(run, item);
            return true;
        }

        static bool Unsure(ExperimentItem item) => item.Question.Length % 2 == 0;

        static bool Improves(StrategyRun run) => run.Options.Settings is { } settings && settings.GetProperty("update").GetString() != "none";
    }

    /// <summary>A model that samples groups, and makes adapters without effect.</summary>
    private sealed class SamplingScript(ScriptedChatClient script) : DelegatingChatClient(script), IAdaptationSource, IGroupSampler
    {
        public List<AdaptationRequest> Requests { get; } = [];

        public List<IReadOnlyList<AdapterUse>> Sampled { get; } = [];

        public Task<IReadOnlyList<ChatResponse>> SampleAsync(IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Sampled.Add((IReadOnlyList<AdapterUse>)options!.AdditionalProperties![ChatOptionKeys.Adapters]!);
            return ((IGroupSampler)InnerClient).SampleAsync(messages, count, options, cancellationToken);
        }

        public override object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(IAdaptationSource) || serviceType == typeof(IGroupSampler) ? this : base.GetService(serviceType, serviceKey);

        public ValueTask<ITemporaryAdapter> AdaptAsync(AdaptationRequest request, CancellationToken cancellationToken = default)
        {
            Requests.Add(request);
            return ValueTask.FromResult<ITemporaryAdapter>(new Adapter());
        }

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
