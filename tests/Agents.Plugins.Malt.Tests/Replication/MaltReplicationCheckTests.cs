using System.Text.Json;
using Agents.Plugins.Malt.Pipeline;
using Agents.Plugins.Malt.Replication;
using Agents.Plugins.Malt.Trees;
using Agents.Evaluation.Tasks;
using Agents.Replication;
using Agents.Testing;

namespace Agents.Plugins.Malt.Tests.Replication;

public sealed class MaltReplicationCheckTests
{
    [Fact]
    public async Task Run_TrainedPipelineBetterThanAllControls_IsShown()
    {
        ScriptedLaboratory laboratory = Laboratory((pipeline, adapter) => adapter == "malt-refiner" && pipeline == "Gvr" ? 0.9 : 0.5);

        ReplicationFindings findings = await new MaltReplication().RunAsync(laboratory, TestContext.Current.CancellationToken);

        Assert.Equal(EffectVerdict.Shown, findings.Verdict);
        Assert.True(findings.Primary.IsBetter);
        Assert.Equal(14, findings.Arms.Select(run => run.Arm).Distinct().Count());
        Assert.Equal((3, 3), (laboratory.Seeds.Count, findings.Arms.Count(run => run.Arm == MaltArms.Malt)));
    }

    [Fact]
    public async Task Run_EmptyCritiqueAsGood_IsShownAgainstSomeOnly()
    {
        ScriptedLaboratory laboratory = Laboratory((pipeline, adapter) => adapter == "malt-refiner" ? 0.9 : 0.5);

        ReplicationFindings findings = await new MaltReplication().RunAsync(laboratory, TestContext.Current.CancellationToken);

        Assert.Equal(EffectVerdict.ShownAgainstSome, findings.Verdict);
        Assert.Contains(MaltArms.EmptyCritique, findings.Explanation, StringComparison.Ordinal);
        Assert.Contains(findings.Checks, check => check.Holds == false && check.Statement.Contains("empty critique", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ShuffledValuesAsGood_IsShownAgainstSomeOnly()
    {
        ScriptedLaboratory laboratory = Laboratory((pipeline, adapter) => pipeline == "Gvr" && adapter is "malt-refiner" or "shuffled-refiner" ? 0.9 : 0.5);

        ReplicationFindings findings = await new MaltReplication().RunAsync(laboratory, TestContext.Current.CancellationToken);

        Assert.Equal(EffectVerdict.ShownAgainstSome, findings.Verdict);
        Assert.Contains(MaltArms.Shuffled, findings.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoArmBetter_IsNotShown()
    {
        ReplicationFindings findings = await new MaltReplication().RunAsync(Laboratory((_, adapter) => adapter == "malt-refiner" ? 0.45 : 0.55), TestContext.Current.CancellationToken);

        Assert.Equal(EffectVerdict.NotShown, findings.Verdict);
    }

    [Fact]
    public async Task Run_TrainsOnTrainingQuestionsAndTestsOnOthers()
    {
        ScriptedLaboratory laboratory = Laboratory((_, _) => 0.5, ReplicationProfile.Full);

        ReplicationFindings findings = await new MaltReplication().RunAsync(laboratory, TestContext.Current.CancellationToken);

        HashSet<string> tested = [.. findings.Arms.SelectMany(run => run.Rows).Select(row => row.Item.Question)];
        Assert.NotEmpty(laboratory.Trainings);
        Assert.DoesNotContain(laboratory.Trainings.SelectMany(training => training.Conversations), one => tested.Any(question => one.Prompt[^1].Text.Contains(question, StringComparison.Ordinal)));
        Assert.Equal(("roles", null), (laboratory.Trainings[0].Name, laboratory.Trainings[0].Start));
        Assert.All(laboratory.Trainings.Skip(1), training => Assert.NotNull(training.Start));
        Assert.DoesNotContain(laboratory.Trainings, training => training.Preferences.Count > 0 && training.Name.Contains("generator", StringComparison.Ordinal));
        Assert.Equal(1_000, findings.Arms[0].Rows.Count);
    }

    [Fact]
    public async Task Run_RatesOfDpo_AreTriedOnValidationQuestionsAndTheBestIsTaken()
    {
        ScriptedLaboratory laboratory = Laboratory((_, adapter) => adapter.StartsWith("malt-refiner", StringComparison.Ordinal) ? 0.9 : 0.5, ReplicationProfile.Full);

        ReplicationFindings findings = await new MaltReplication().RunAsync(laboratory, TestContext.Current.CancellationToken);

        double[] tried = [.. laboratory.Trainings.Where(training => training.Name == "malt-refiner-dpo").Select(training => training.LearningRate)];
        Assert.Equal(TreeScale.PreferenceRates, tried.Take(3));
        Assert.Single(tried.Skip(3).Distinct());
        Assert.DoesNotContain(findings.Arms, run => run.Arm.StartsWith("validation", StringComparison.Ordinal));
        Assert.Contains(findings.Setup, line => line.Contains("the best of 0.00001", StringComparison.Ordinal) && line.Contains("400 validation questions", StringComparison.Ordinal));
    }

    [Fact]
    public void Shuffle_AnyTree_KeepsCountsAndTexts()
    {
        RoleTree tree = TreeValues.BackUp(new RoleTree("q", "q", [.. Enumerable.Range(0, 3).Select(g => Node(MaltRole.Generator, $"g{g}", [.. Enumerable.Range(0, 3).Select(v =>
            Node(MaltRole.Verifier, $"g{g}v{v}", [.. Enumerable.Range(0, 3).Select(r => Node(MaltRole.Refiner, $"g{g}v{v}r{r}", []) with { Correct = (g + v + (2 * r)) % 3 == 0 })]))]))]));
        SampleStream stream = new(7);

        RoleTree shuffled = SiblingShuffle.Of(tree, ref stream);

        Assert.Equal(tree.Nodes.Select(node => node.Text), shuffled.Nodes.Select(node => node.Text));
        Assert.NotEqual(tree.Nodes.Select(node => node.Value), shuffled.Nodes.Select(node => node.Value));
        foreach (MaltRole role in Enum.GetValues<MaltRole>())
        {
            Assert.Equal(tree.Nodes.Where(node => node.Role == role).Select(node => node.Value).Order(), shuffled.Nodes.Where(node => node.Role == role).Select(node => node.Value).Order());
        }
    }

    [Theory]
    [InlineData("12+3=15 ok\nverdict: right", true)]
    [InlineData("12+3=16\n12+3=15 expected\nverdict: wrong\n", false)]
    [InlineData("all lines ok", null)]
    public void Verdict_LastLine_IsRead(string critique, bool? verdict) => Assert.Equal(verdict, MaltBench.Verdict(critique));

    private static RoleNode Node(MaltRole role, string text, IReadOnlyList<RoleNode> children) => new(role, text) { Children = children };

    /// <summary>Answers by a coin whose bias depends on the pipeline and the refiner's adapter; trees come from the strategy's own trace, which a script stands for.</summary>
    private static ScriptedLaboratory Laboratory(Func<string, string, double> accuracy, ReplicationProfile profile = ReplicationProfile.Quick) => new()
    {
        Profile = profile,
        Seeds = [1, 2, 3],
        Prompts = PluginBench.ShippedPrompts,
        Trace = (run, item, seed) => run.Strategy == MaltTreeStrategy.Id ? ScriptedTree.Of(item, seed) : [],
        Answer = (run, item, seed) =>
        {
            JsonElement settings = run.Options.Settings ?? default;
            string pipeline = settings.ValueKind == JsonValueKind.Object && settings.TryGetProperty("pipeline", out JsonElement named) ? named.GetString()! : "Gvr";
            string adapter = settings.ValueKind == JsonValueKind.Object && settings.TryGetProperty("refinerAdapter", out JsonElement refiner) ? refiner.GetString()!.Split("-dpo")[0] : "";
            SampleStream stream = new(seed, ContentHash.Of(item.Question), ContentHash.Of(settings.ToString()));
            return stream.NextUnit() < accuracy(pipeline, adapter) ? item.Solution : "answer: nothing";
        },
    };
}
