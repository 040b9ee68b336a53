using Agents.Plugins.Malt.Data;
using Agents.Plugins.Malt.Pipeline;
using Agents.Plugins.Malt.Trees;
using Agents.Reasoning;
using Agents.Runtime.Datasets;
using Agents.Runtime.Reasoning;
using Agents.Runtime.Trajectories;
using Agents.Testing;
using Agents.Verification;

namespace Agents.Plugins.Malt.Tests.Data;

/// <summary>The general way from recorded branches to data gives the sets that the curator of this plugin gives.</summary>
public sealed class RecordedTreesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("malt-trees-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Seeds whose three solutions differ: equal solutions make equal prompts, which the general command pools and the tree keeps apart.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Build_TreesOfAStrategyWithOrWithoutVerifier_AgreesWithTheCurator(bool strategySeesVerifier)
    {
        List<RoleTree> trees = await RecordAsync(strategySeesVerifier);
        RoleDatasets expected = RoleDatasets.Create(trees, new RoleDatasetOptions { RolesWithPairs = [MaltRole.Generator, MaltRole.Verifier, MaltRole.Refiner] });

        Dataset dataset = await BuildAsync(new DatasetOptions { Strategies = [MaltTreeStrategy.Id] });

        Assert.Equal(
            expected.Examples.Select(example => (RolePrompt.ModelRoleOf(example.Role), example.Target, Math.Round(example.Value, 9))).Order(),
            dataset.Supervised.Select(line => (line.Lineage.Role, line.Messages![^1].Content, Math.Round(line.Value!.Value, 9))).Order());
        Assert.Equal(
            expected.Pairs.Select(pair => (RolePrompt.ModelRoleOf(pair.Role), pair.Chosen, pair.Rejected, Math.Round(pair.ChosenValue - pair.RejectedValue, 9))).Order(),
            dataset.Preferences.Select(line => (line.Lineage.Role, line.Chosen!, line.Rejected!, Math.Round(line.ChosenValue!.Value - line.RejectedValue!.Value, 9))).Order());
        Assert.All(Enum.GetValues<MaltRole>(), role => Assert.Contains(expected.Examples, example => example.Role == role));
        Assert.Contains(expected.Pairs, pair => pair.Role == MaltRole.Verifier);
    }

    [Fact]
    public async Task Build_Interval_AgreesWithTheCurator()
    {
        List<RoleTree> trees = await RecordAsync(strategySeesVerifier: true);
        RoleDatasets expected = RoleDatasets.Create(trees, new RoleDatasetOptions { Interval = 0.3 });

        Dataset dataset = await BuildAsync(new DatasetOptions { MinimumGap = 0.3, Roles = [ModelRoles.Verifier, ModelRoles.Refiner] });

        Assert.Equal(
            expected.Pairs.Select(pair => (pair.Chosen, pair.Rejected)).Order(),
            dataset.Preferences.Select(line => (line.Chosen!, line.Rejected!)).Order());
    }

    private async Task<List<RoleTree>> RecordAsync(bool strategySeesVerifier)
    {
        List<RoleTree> trees = [];
        EvenLength verifier = new();
        await using TrajectoryRecorder recorder = new(_folder, new TrajectoryRecorderOptions { WaitForRoom = true });
        ReasoningEngine engine = new(
            PluginFeatureTable.Of(new Plugin()), PluginBench.ShippedPrompts, LabelledAnswerFormat.Instance, RoleModels.Single(Texts()), observer: recorder);
        for (ulong seed = 0; trees.Count < 4; seed++)
        {
            ReasoningTask task = ReasoningTask.FromQuestion($"Question {seed}?");
            ReasoningRequest request = new()
            {
                Options = new StrategyOptions { Seed = seed },
                Verifier = strategySeesVerifier ? verifier : null,
                Provenance = new RequestProvenance { Judge = verifier },
            };
            ReasoningResult result = await engine.SolveAsync(MaltTreeStrategy.Id, task, request, TestContext.Current.CancellationToken);
            RoleTree tree = TreeValues.BackUp(TraceTrees.Read(task.Question, task.Question, result.Trace, node => node.Text!.Length % 2 == 0));
            trees.Add(tree);
        }

        return trees;
    }

    private async Task<Dataset> BuildAsync(DatasetOptions options)
    {
        DatasetBuilder builder = new(options);
        await foreach (Trajectory trajectory in TrajectoryFile.ReadAsync(_folder, TestContext.Current.CancellationToken))
        {
            builder.Add(trajectory);
        }

        return builder.Build();
    }

    /// <summary>Texts that hardly ever repeat between parents, but do between siblings.</summary>
    private static ScriptedChatClient Texts() => new ScriptedChatClient()
        .On(MaltScript.Refine, (messages, stream) => $"So it is{new string('.', stream.NextInt(3))} Answer: {stream.NextInt(20)}")
        .On(MaltScript.Verify, (messages, stream) => $"Step {stream.NextInt(20)} is doubtful. Answer: {stream.NextInt(20)}")
        .On("", (messages, stream) => $"It may be {stream.NextInt(1_000_000)}. Answer: {stream.NextInt(20)}");

    private sealed class EvenLength : IVerifier
    {
        public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) => ValueTask.FromResult(Verdict.Of(request.Response.Length % 2 == 0));
    }
}
