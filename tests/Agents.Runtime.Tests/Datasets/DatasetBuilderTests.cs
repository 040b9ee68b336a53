using Agents.Evaluation.Tasks;
using Agents.Runtime.Datasets;
using Agents.Runtime.Tests.Trajectories;
using Agents.Runtime.Trajectories;

namespace Agents.Runtime.Tests.Datasets;

public sealed class DatasetBuilderTests
{
    [Fact]
    public void Build_JudgedSiblings_GivesExamplesPairsValuesAndTheQuestion()
    {
        Dataset set = Build(null, Recorded.Answers("q", ("right", 1), ("wrong", 0), ("also right", 1), ("unknown", null)));

        Assert.Equal(["right", "also right"], set.Supervised.Select(line => line.Messages![^1].Content));
        Assert.Equal([("right", "wrong"), ("also right", "wrong")], set.Preferences.Select(line => (line.Chosen, line.Rejected)));
        Assert.Equal([1.0, 0, 1], set.Values.Select(line => line.Weight!.Value));
        Assert.Equal(("q", "4", 2 / 3.0), (set.Questions[0].Question, set.Questions[0].Answer, set.Questions[0].Value!.Value));
        Assert.Equal(1, set.Report.TextsDropped["not scored"]);
        Assert.Equal(4, set.Report.Texts);
        Assert.Equal(2, set.Report.LinesByRole["sft/default"]);
    }

    [Fact]
    public void Build_RecordedTokens_AreKeptWithLineage()
    {
        DatasetLine line = Build(null, Recorded.Answers("q", ("ab", 1), ("cd", 0))).Preferences.Single();

        Assert.Equal("words", line.Tokenizer);
        Assert.Equal([1, 2, 3], line.PromptTokens!);
        Assert.Equal(["ab".Select(letter => (int)letter), "cd".Select(letter => (int)letter)], [line.ChosenTokens!, line.RejectedTokens!]);
        Assert.Equal((2, "vote", "default", "abc123", "reward"), (line.Lineage.Nodes.Count, line.Lineage.Strategy, line.Lineage.Role, line.Lineage.Generation, line.Lineage.ValueFrom));
        Assert.True(line.Lineage.Correct);
    }

    [Fact]
    public void Build_TokensOfNoKnownTokenizer_AreNotKept()
    {
        Trajectory trajectory = Recorded.Answers("q", ("ab", 1)) with { Tokenizers = new Dictionary<string, string>() };

        Assert.Null(Build(null, trajectory).Supervised.Single().PromptTokens);
    }

    [Fact]
    public void Build_IdenticalSiblings_CountOnceAndNotAtAllWithTwoLabels()
    {
        Dataset set = Build(null, Recorded.Answers("q", ("same", 1), ("same", 1), ("both", 1), ("both", 0), ("bad", 0)));

        Assert.Equal(["same"], set.Supervised.Select(line => line.Messages![^1].Content));
        Assert.Equal([("same", "bad")], set.Preferences.Select(line => (line.Chosen, line.Rejected)));
        Assert.Equal((1, 2), (set.Report.TextsDropped["identical sibling"], set.Report.TextsDropped["identical with another label"]));
    }

    [Fact]
    public void Build_MergedConflicts_HaveTheMeanOfTheirValues()
    {
        Dataset set = Build(new() { Conflicts = DatasetConflicts.Merge }, Recorded.Answers("q", ("both", 1), ("both", 1), ("both", 0), ("bad", 0)));

        Assert.Equal(2 / 3.0, set.Supervised.Single().Value!.Value, 12);
        Assert.Equal([("both", "bad")], set.Preferences.Select(line => (line.Chosen, line.Rejected)));
    }

    [Fact]
    public void Build_SameQuestionAskedTwice_MakesSiblingsOfAllAnswers()
    {
        Dataset set = Build(null, Recorded.Answers("q", ("good", 1)), Recorded.Answers("q", ("bad", 0)), Recorded.Answers("other", ("bad too", 0)));

        Assert.Equal([("good", "bad")], set.Preferences.Select(line => (line.Chosen, line.Rejected)));
    }

    [Fact]
    public void Build_TextsThatDifferInBlanksOnly_AreLearnedOnce()
    {
        Dataset set = Build(null, Recorded.Answers("q", ("a  b", 1), ("A b", 1)));

        Assert.Single(set.Supervised);
        Assert.Equal(1, set.Report.TextsDropped["sft: repeated but for case and blanks"]);
    }

    [Fact]
    public void Build_TextsThatContinueOthers_AreWorthWhatCameOfThem()
    {
        Trajectory tree = Recorded.Of(
            "q",
            Recorded.Call("default", 0, "g") with { Reward = 0 },
            Recorded.Call("verifier", 1, "v1", reads: 1),
            Recorded.Call("verifier", 1, "v2", reads: 1),
            Recorded.Call("refiner", 1, "r11", reads: 2) with { Reward = 1 },
            Recorded.Call("refiner", 1, "r12", reads: 2) with { Reward = 1 },
            Recorded.Call("refiner", 1, "r21", reads: 3) with { Reward = 0 },
            Recorded.Call("refiner", 1, "r22", reads: 3) with { Reward = 1 });

        Dataset set = Build(null, tree);

        Assert.Equal([("g", 0.75), ("v1", 1), ("v2", 0.5)], set.Values.Take(3).Select(line => (line.Messages![^1].Content, line.Value!.Value)));
        Assert.Equal([("v1", "v2"), ("r22", "r21")], set.Preferences.Select(line => (line.Chosen, line.Rejected)));
        Assert.Equal("credit", set.Supervised[0].Lineage.ValueFrom);
        Assert.False(set.Supervised[0].Lineage.Correct);
    }

    [Fact]
    public void Build_Gap_PairsByDifferenceOfValues()
    {
        Trajectory trajectory = Recorded.Of("q", [.. new[] { 0.9, 0.7, 0.55, 0.1 }.Select((value, i) => Recorded.Call("default", 0, $"t{i}") with { Value = value })]);

        Assert.Equal([("t0", "t2"), ("t0", "t3"), ("t1", "t3"), ("t2", "t3")], Build(new() { MinimumGap = 0.35 }, trajectory).Preferences.Select(line => (line.Chosen, line.Rejected)));
    }

    [Fact]
    public void Build_Limits_CapPairs()
    {
        Trajectory trajectory = Recorded.Answers("q", ("a", 1), ("b", 1), ("c", 0), ("d", 0));

        Dataset set = Build(new() { MaximumPairsPerPrompt = 3 }, trajectory);

        Assert.Equal((3, 1), (set.Preferences.Count, set.Report.PairsDropped["more than the most per prompt"]));
        Assert.Equal(2, Build(new() { MaximumPairsPerQuestion = 2 }, trajectory).Preferences.Count);
    }

    [Fact]
    public void Build_TextThatWasCutOff_IsNoExampleAndNotChosen()
    {
        TrajectoryNode cut = Recorded.Call("default", 0, "cut") with { Reward = 1 };
        Trajectory trajectory = Recorded.Of("q", cut with { Tokens = cut.Tokens! with { Finish = "length" } }, Recorded.Call("default", 0, "bad") with { Reward = 0 });

        Dataset set = Build(null, trajectory);

        Assert.Empty(set.Supervised);
        Assert.Empty(set.Preferences);
        Assert.Equal(2, set.Values.Count);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("validation")]
    public void Build_EvaluationSplits_AreLeftOutUnlessAskedFor(string split)
    {
        Trajectory trajectory = Recorded.Answers("q", ("a", 1));
        trajectory = trajectory with { Task = trajectory.Task with { Split = split } };

        Assert.Equal(1, Build(null, trajectory).Report.TrajectoriesLeftOut["evaluation split"]);
        Assert.Single(Build(new() { IncludeEvaluationSplits = true }, trajectory).Supervised);
    }

    [Fact]
    public void Build_EvaluationQuestions_AreLeftOutByContent()
    {
        EvaluationQuestions excluded = new();
        excluded.Add("What is 3 + 4?");

        Dataset set = Build(new() { Excluded = excluded }, Recorded.Answers("what  is 3 + 4 ?", ("a", 1)), Recorded.Answers("what is 3 - 4?", ("b", 1)));

        Assert.Equal("b", set.Supervised.Single().Messages![^1].Content);
        Assert.Equal(1, set.Report.TrajectoriesLeftOut["evaluation question"]);
    }

    [Fact]
    public void Excluded_Overlap_FindsSharedRunsOfWords()
    {
        EvaluationQuestions excluded = new(overlapWords: 4);
        excluded.Add("ann has 12 figs and eats 3 of them");

        Assert.True(excluded.Overlaps("Bob: Ann has 12 figs!"));
        Assert.False(excluded.Overlaps("ann has 13 figs and eats 4 of them"));
        Assert.False(new EvaluationQuestions().Overlaps("ann has 12 figs and eats 3 of them"));
    }

    [Fact]
    public void Excluded_Family_HasTheQuestionsOfItsEvaluation()
    {
        EvaluationQuestions excluded = new();
        ITaskFamily family = TaskFamilies.Find("arithmetic");
        excluded.Add(family, 0, 20);

        Assert.All(TaskSet.Draw(family, TaskSplit.Test, 20, 0), item => Assert.True(excluded.Contains(item.Question)));
        Assert.DoesNotContain(TaskSet.Draw(family, TaskSplit.Train, 20, 0), item => excluded.Contains(item.Question));
    }

    [Fact]
    public void Build_Filters_CountWhatTheyLeaveOut()
    {
        Trajectory trajectory = Recorded.Answers("q", ("a", 1));

        Assert.Equal(1, Build(new() { Strategies = ["direct"] }, trajectory).Report.TrajectoriesLeftOut["other strategy"]);
        Assert.Equal(1, Build(new() { Model = "other" }, trajectory).Report.TrajectoriesLeftOut["other model"]);
        Assert.Equal(1, Build(new() { Generation = "abd" }, trajectory).Report.TrajectoriesLeftOut["other generation"]);
        Assert.Equal(1, Build(new() { Source = "ask" }, trajectory).Report.TrajectoriesLeftOut["other source"]);
        Assert.Equal(1, Build(new() { Since = Recorded.Time.AddSeconds(1) }, trajectory).Report.TrajectoriesLeftOut["too old"]);
        Assert.Equal(1, Build(new() { Roles = ["verifier"] }, trajectory).Report.TextsDropped["other role"]);
        Assert.Single(Build(new() { Strategies = ["vote"], Model = "toy", Generation = "ABC", Source = "eval", Since = Recorded.Time, Roles = ["default"] }, trajectory).Supervised);
    }

    [Fact]
    public void Build_TrajectoriesInAnyOrderAndTwice_GivesTheSameSets()
    {
        Trajectory[] some = [.. Enumerable.Range(0, 8).Select(i => Recorded.Answers("question " + new string('q', i % 4), ($"a{i}", i % 2), ($"b{i}", 1), ("c", 0)))];

        Dataset forward = Build(null, some);
        Dataset backward = Build(null, [.. some.Reverse(), .. some]);

        Assert.Equal(Texts(forward), Texts(backward));
        Assert.Equal(8, backward.Report.TrajectoriesLeftOut["read twice"]);
        static IEnumerable<string> Texts(Dataset set) => set.Preferences.Select(line => $"{line.Prompt}/{line.Chosen}/{line.Rejected}").Concat(set.Supervised.Select(line => line.Messages![^1].Content));
    }

    [Fact]
    public void Options_OutOfRange_ListsAll()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new DatasetBuilder(new DatasetOptions { MinimumValue = 1, MinimumGap = 0, MaximumPairsPerPrompt = 0, Kinds = DatasetKinds.None }));

        Assert.Equal(4, error.Message.Split(';').Length);
    }

    [Fact]
    public void Write_ChosenSets_AreWholeFilesWithAReport()
    {
        string folder = Directory.CreateTempSubdirectory("datasets-").FullName;
        Dataset set = Build(null, Recorded.Answers("q", ("a", 1), ("b", 0)));

        IReadOnlyList<string> files = DatasetFolder.Write(set, DatasetKinds.Supervised | DatasetKinds.Preference, folder, TestContext.Current.CancellationToken);

        Assert.Equal(["preference.jsonl", "report.json", "sft.jsonl"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(2, files.Count);
        Assert.Single(File.ReadAllLines(files[0]));
        Directory.Delete(folder, recursive: true);
    }

    private static Dataset Build(DatasetOptions? options, params Trajectory[] trajectories)
    {
        DatasetBuilder builder = new(options);
        foreach (Trajectory trajectory in trajectories)
        {
            builder.Add(trajectory);
        }

        return builder.Build();
    }
}
