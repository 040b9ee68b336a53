using System.Text.Json;
using Agents.Plugins.Malt.Data;
using Agents.Plugins.Malt.Pipeline;
using Agents.Plugins.Malt.Tests.Trees;
using Agents.Plugins.Malt.Trees;
using Agents.Runtime.Learning;
using Agents.Testing;

namespace Agents.Plugins.Malt.Tests.Data;

public sealed class RoleDatasetsTests
{
    private static readonly MaltRole[] AllRoles = [MaltRole.Generator, MaltRole.Verifier, MaltRole.Refiner];

    private static RoleTree Valued => TreeValues.BackUp(TreeVectors.Tree);

    // papers/33 §5, vector 1: totals of the question.
    [Fact]
    public void Create_VectorOfThePaper_HasTheTotalsOfThePaper()
    {
        RoleDatasets sets = RoleDatasets.Create([Valued], new RoleDatasetOptions { RolesWithPairs = AllRoles });

        Assert.Equal([2, 5, 14], AllRoles.Select(role => sets.Examples.Count(example => example.Role == role)));
        Assert.Equal([2, 6, 10], AllRoles.Select(role => sets.Pairs.Count(pair => pair.Role == role)));
        Assert.Equal([2, 2, 2], Enumerable.Range(0, 3).Select(g => sets.Pairs.Count(pair => pair.Role == MaltRole.Verifier && pair.Context.Solution == $"g{g}")));
        Assert.Equal(
            [0, 2, 2, 2, 2, 0, 0, 0, 2],
            Enumerable.Range(0, 9).Select(i => sets.Pairs.Count(pair => pair.Role == MaltRole.Refiner && pair.Context.Critique == $"g{i / 3}v{i % 3}")));
    }

    [Fact]
    public void Create_Defaults_PairVerifierAndRefinerOnly() =>
        Assert.Equal([0, 6, 10], AllRoles.Select(role => RoleDatasets.Create([Valued]).Pairs.Count(pair => pair.Role == role)));

    [Fact]
    public void Create_Pairs_ShareTheirParentAndRankAPositiveAboveANegative()
    {
        RoleDatasets sets = RoleDatasets.Create([Valued], new RoleDatasetOptions { RolesWithPairs = AllRoles });

        Assert.All(sets.Pairs, pair =>
        {
            Assert.True(pair.ChosenValue > .5 && pair.RejectedValue <= .5);
            string parent = pair.Role switch { MaltRole.Generator => "g", MaltRole.Verifier => pair.Context.Solution + "v", _ => pair.Context.Critique + "r" };
            Assert.StartsWith(parent, pair.Chosen, StringComparison.Ordinal);
            Assert.StartsWith(parent, pair.Rejected, StringComparison.Ordinal);
        });
        Assert.All(sets.Examples, example => Assert.True(example.Value > .5));
    }

    [Fact]
    public void Create_RequireCorrectGeneration_DropsWrongSolutionsOnly()
    {
        RoleDatasets sets = RoleDatasets.Create([Valued], new RoleDatasetOptions { RequireCorrectGeneration = true });

        Assert.Equal([1, 5, 14], AllRoles.Select(role => sets.Examples.Count(example => example.Role == role)));
        Assert.Equal("g0", sets.Examples.Single(example => example.Role == MaltRole.Generator).Target);
    }

    // g: 5/9, 4/9, 5/9. v: (1, 1/3, 1/3), (2/3, 2/3, 0), (0, 1, 2/3).
    [Theory]
    [InlineData(.1, 2, 7)]
    [InlineData(.5, 0, 6)]
    [InlineData(.67, 0, 1)]
    public void Create_Interval_PairsByDifferenceOfValues(double interval, int generators, int verifiers)
    {
        RoleDatasets sets = RoleDatasets.Create([Valued], new RoleDatasetOptions { RolesWithPairs = AllRoles, Interval = interval });

        Assert.Equal([generators, verifiers, 10], AllRoles.Select(role => sets.Pairs.Count(pair => pair.Role == role)));
    }

    [Fact]
    public void Create_Caps_KeepThePairsInOrder()
    {
        Assert.Equal([0, 3, 5], AllRoles.Select(role => RoleDatasets.Create([Valued], new RoleDatasetOptions { MaxPairsPerParent = 1 }).Pairs.Count(pair => pair.Role == role)));
        Assert.Equal([0, 4, 4], AllRoles.Select(role => RoleDatasets.Create([Valued], new RoleDatasetOptions { MaxPairsPerQuestion = 4 }).Pairs.Count(pair => pair.Role == role)));
    }

    [Fact]
    public void Create_IdenticalSiblings_CountOnceAndNotAtAllWithDifferentLabels()
    {
        RoleNode critique = new(MaltRole.Verifier, "v")
        {
            Children = [Leaf("same", true), Leaf("same", true), Leaf("torn", true), Leaf("torn", false), Leaf("other", false)],
        };
        RoleTree tree = TreeValues.BackUp(new RoleTree("q", "?", [new RoleNode(MaltRole.Generator, "g") { Children = [critique] }]));

        RoleDatasets sets = RoleDatasets.Create([tree]);
        RoleDatasets all = RoleDatasets.Create([tree], new RoleDatasetOptions { DropIdenticalSiblings = false });

        Assert.Equal("same", Assert.Single(sets.Examples, example => example.Role == MaltRole.Refiner).Target);
        Assert.Equal(("same", "other"), (Assert.Single(sets.Pairs).Chosen, sets.Pairs[0].Rejected));
        Assert.Equal(3 * 2, all.Pairs.Count);
        Assert.Equal(.6, tree.Generations[0].Value!.Value, 12);

        static RoleNode Leaf(string text, bool correct) => new(MaltRole.Refiner, text) { Correct = correct };
    }

    [Fact]
    public void Create_InvalidOptions_AreAllListed()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => RoleDatasets.Create([], new RoleDatasetOptions { Interval = 0, MaxPairsPerParent = 0, MaxPairsPerQuestion = 0 }));

        Assert.Contains("interval is 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("per parent are 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("per question are 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Schedule_RisesFromTheFirstThresholdTowardsOneAndNeverReachesIt()
    {
        double[] thresholds = [.. Enumerable.Range(0, 20).Select(round => ThresholdSchedule.At(round))];

        Assert.Equal([.5, .75], thresholds[..2]);
        Assert.Equal(thresholds.Order(), thresholds);
        Assert.All(thresholds, threshold => Assert.InRange(threshold, .5, .9999));
        Assert.True(RoleDatasets.Create([TreeValues.BackUp(TreeVectors.Tree, ThresholdSchedule.At(1))]).Examples.Count < RoleDatasets.Create([Valued]).Examples.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => ThresholdSchedule.At(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ThresholdSchedule.At(0, 1));
    }

    [Fact]
    public async Task Write_Examples_AreConversationsThatRecipesRead()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("malt").FullName, "verifier.jsonl");
        RoleDatasets sets = RoleDatasets.Create([Valued]);

        int lines = await new RoleDatasetWriter(PluginBench.ShippedPrompts).WriteExamplesAsync(sets.Examples, MaltRole.Verifier, file, TestContext.Current.CancellationToken);

        ConversationFile read = ConversationFile.Read(file);
        Assert.Equal((5, 5), (lines, read.Training.Length));
        Assert.Equal(("assistant", "g0v0"), (read.Training[0].Turns[^1].Role, read.Training[0].Turns[^1].Content));
        Assert.Contains(MaltScript.Verify, read.Training[0].Turns[0].Content, StringComparison.Ordinal);
        Assert.Contains("g0", read.Training[0].Turns[0].Content, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public async Task Write_Pairs_HavePromptChosenAndRejected()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("malt").FullName, "refiner.jsonl");
        RoleDatasets sets = RoleDatasets.Create([Valued]);

        int lines = await new RoleDatasetWriter(PluginBench.ShippedPrompts, "tiny-1").WritePairsAsync(sets.Pairs, MaltRole.Refiner, file, TestContext.Current.CancellationToken);

        string[] written = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal((10, 10), (lines, written.Length));
        using var line = JsonDocument.Parse(written[0]);
        Assert.Equal("What?\nsolution:\ng0\ncritique:\ng0v1\nrefine", line.RootElement.GetProperty("prompt").GetString()!.TrimEnd());
        Assert.Equal(("g0v1r0", "g0v1r1"), (line.RootElement.GetProperty("chosen").GetString(), line.RootElement.GetProperty("rejected").GetString()));
        Assert.Equal(("refiner", "q1", 1.0), (line.RootElement.GetProperty("role").GetString(), line.RootElement.GetProperty("question").GetString(), line.RootElement.GetProperty("chosenValue").GetDouble()));
        Assert.False(line.RootElement.TryGetProperty("messages", out _));
    }

    [Fact]
    public async Task Write_Cancelled_KeepsTheOldFile()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("malt").FullName, "pairs.jsonl");
        await File.WriteAllTextAsync(file, "old", TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new RoleDatasetWriter(PluginBench.ShippedPrompts)
            .WritePairsAsync(RoleDatasets.Create([Valued]).Pairs, MaltRole.Refiner, file, new CancellationToken(canceled: true)));

        Assert.Equal("old", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!));
    }
}
