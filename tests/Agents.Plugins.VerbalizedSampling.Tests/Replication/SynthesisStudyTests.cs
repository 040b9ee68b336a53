using Agents.Plugins.VerbalizedSampling.Replication;
using Agents.Replication;
using Agents.Testing;

namespace Agents.Plugins.VerbalizedSampling.Tests.Replication;

public sealed class SynthesisStudyTests
{
    private static readonly SynthesisScale Scale = SynthesisScale.Of(ReplicationProfile.Quick);

    [Fact]
    public async Task RunAsync_CollapsedWriter_TeachesLessThanItsLists()
    {
        (SynthesisArms arms, ScriptedLaboratory laboratory) = await RunAsync(new ListingWorld());

        // The 4th power of the law leaves hardly more than the most frequent type; lists of five types reach all.
        Assert.Equal(12, arms.Mean(SynthesisArms.Verbalized, set => set.TypesLeft));
        Assert.True(arms.Mean(SynthesisArms.Direct, set => set.Entropy) < arms.Mean(SynthesisArms.BaseDirect, set => set.Entropy) - 0.5);
        Assert.Equal(1, arms.Accuracy(SynthesisArms.Verbalized, _ => true), 9);
        Assert.Equal(0, arms.Accuracy(SynthesisArms.Untrained, _ => true), 9);
        Assert.Equal(arms.Mean(SynthesisArms.Direct, set => set.TypesLeft) / 12, arms.Accuracy(SynthesisArms.Direct, _ => true), 9);
        Assert.Equal(0, arms.Accuracy(SynthesisArms.Direct, type => type > 8), 9);
        Assert.True(laboratory.Compare(arms[SynthesisArms.Direct], arms[SynthesisArms.Verbalized]).IsBetter);

        SynthesisFindings findings = new(laboratory, Scale, arms);
        Assert.Equal((SynthesisArms.Direct, SynthesisArms.Verbalized), (findings.Comparisons[0].Baseline, findings.Comparisons[0].Method));
        Assert.True(findings.Checks.Single(check => check.Statement == "use: verbalized lists teach more than single problems").Holds);
        Assert.False(findings.Checks.Single(check => check.Statement == "use: verbalized lists teach more than plain lists").Holds);
        Assert.Contains("no part of the verdict", findings.Line, StringComparison.Ordinal);
        Assert.All(findings.Tables, table => Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Count)));
    }

    [Fact]
    public async Task RunAsync_Students_DifferInTheirProblemsOnly()
    {
        (SynthesisArms arms, ScriptedLaboratory laboratory) = await RunAsync(new ListingWorld(), 1, 2);

        AdapterTraining[] students = [.. laboratory.Trainings.Where(training => training.Name.StartsWith("student-", StringComparison.Ordinal))];
        Assert.Equal(2 * SynthesisArms.Trained.Count, students.Length);
        Assert.All(students, student => Assert.Equal((Scale.StudentSteps, SynthesisScale.StudentBatch, null), (student.Steps!.Value, student.BatchSize, student.Start)));
        Assert.All(students, student => Assert.Equal(student.Conversations.Count, student.Conversations.Select(lesson => lesson.Prompt[0].Text).Distinct().Count()));
        Assert.Equal(2, arms[SynthesisArms.Verbalized].Count);

        // One writer for all seeds; every seed aligns it on single problems alone.
        Assert.Single(laboratory.Trainings, training => training.Name == "writer");
        AdapterTraining[] aligned = [.. laboratory.Trainings.Where(training => training.Name == "writer-aligned")];
        Assert.Equal(2, aligned.Length);
        Assert.All(aligned.SelectMany(training => training.Preferences), pair => Assert.Equal(SynthesisCorpus.Request, pair.Prompt.Single().Text));
    }

    [Fact]
    public async Task RunAsync_HeldOutQuestions_AreInNoLesson()
    {
        (SynthesisArms arms, ScriptedLaboratory laboratory) = await RunAsync(new ListingWorld());

        HashSet<string> asked = [.. arms[SynthesisArms.Untrained][0].Rows.Select(row => row.Item.Question)];
        Assert.Equal(12 * Scale.ItemsPerType, asked.Count);
        Assert.DoesNotContain(laboratory.Trainings.SelectMany(training => training.Conversations), lesson => asked.Contains(lesson.Prompt[0].Text) || lesson.Target.Split('\n').Any(asked.Contains));
    }

    [Fact]
    public void WrittenSet_RepeatedHeldOutAndBrokenTexts_AreCountedAndDropped()
    {
        ScriptedLaboratory laboratory = new();
        SynthesisCorpus corpus = new(laboratory, 3);
        IReadOnlyList<ExperimentItem>[] types = SynthesisCorpus.ByType(laboratory, ExperimentSplit.Train, 2, 1);
        string held = SynthesisCorpus.ByType(laboratory, ExperimentSplit.Test, 1, 1)[2][0].Question;

        WrittenSet set = new(laboratory, corpus.TypeOf, [types[5][0].Question, types[5][0].Question, types[5][1].Question, types[2][0].Question, held, corpus.Names[0] + " on", ""]);

        Assert.Equal((7, 5, 1, 3, 2), (set.Texts, set.Valid, set.HeldOut, set.Left.Count, set.TypesLeft));
        Assert.Equal((2, 1, 0), (set.CountLeft(5), set.CountLeft(2), set.CountLeft(0)));
        Assert.Equal(3.5 / 11, set.Shares[5], 9);
        Assert.Equal(1, set.Shares.Sum(), 9);
        Assert.Equal(-((2 / 3.0 * Math.Log(2 / 3.0)) + (1 / 3.0 * Math.Log(1 / 3.0))), set.Entropy, 9);
    }

    [Fact]
    public void WrittenSet_NothingValid_HasNoEntropyAndNoTypes()
    {
        WrittenSet set = new(new ScriptedLaboratory(), _ => 0, ["what?", "zor on a b c d: all results?"]);

        Assert.Equal((2, 0, 0, 0.0), (set.Texts, set.Valid, set.TypesLeft, set.Entropy));
        Assert.All(set.Shares, share => Assert.Equal(1 / 12.0, share, 9));
    }

    [Fact]
    public void Write_Corpus_FollowsTheLawInAllThreeFormats()
    {
        ScriptedLaboratory laboratory = VerbalizedWorld.Laboratory(new ListingWorld());
        SynthesisCorpus corpus = new(laboratory, 3);
        int TypeOf(string problem) => corpus.TypeOf(laboratory.Solve(SynthesisScale.Family, problem)!.Facts);

        ILookup<string, string> formats = corpus.Write(3_000).ToLookup(lesson => lesson.Prompt[0].Text, lesson => lesson.Target);

        Assert.Equal(3, formats.Count);
        Assert.All(formats, format => Assert.Equal(1_000, format.Count()));
        int[] single = [.. formats[SynthesisCorpus.Request].Select(TypeOf)];
        Assert.Equal(SynthesisScale.Law[0], single.Count(type => type == 0) / 1_000.0, 0.05);
        Assert.Equal(SynthesisScale.Law[11], single.Count(type => type == 11) / 1_000.0, 0.02);
        Assert.All(formats[SynthesisCorpus.Request + "\nlist 5"], list => Assert.All(list.Split('\n'), line =>
        {
            string problem = line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            Assert.Equal(ListingPrompts.Line(problem, SynthesisScale.Law[TypeOf(problem)]), line);
        }));
        Assert.All(formats[SynthesisCorpus.Request + "\ngive 5"], list => Assert.Equal(5, list.Split('\n').Select(TypeOf).Distinct().Count()));
    }

    [Fact]
    public void Prefer_FrequentTypes_WinByTheLaw()
    {
        ScriptedLaboratory laboratory = VerbalizedWorld.Laboratory(new ListingWorld());
        SynthesisCorpus corpus = new(laboratory, 3);
        double[] shares = [0.5, .. Enumerable.Repeat(0.5 / 11, 11)];

        IReadOnlyList<TrainingPreference> pairs = corpus.Prefer(6_000, shares, 1);

        // Bradley–Terry: sigma(0.6 · ln 11).
        (int Chosen, int Rejected)[] types = [.. pairs.Select(pair => (corpus.TypeOf(laboratory.Solve(SynthesisScale.Family, pair.Chosen)!.Facts), corpus.TypeOf(laboratory.Solve(SynthesisScale.Family, pair.Rejected)!.Facts)))];
        (int Chosen, int Rejected)[] first = [.. types.Where(pair => pair.Chosen == 0 || pair.Rejected == 0)];
        Assert.Equal(1 / (1 + Math.Pow(11, -0.6)), first.Count(pair => pair.Chosen == 0) / (double)first.Length, 0.04);
        Assert.All(types.Zip(pairs), row => Assert.Equal(row.Second.Chosen, row.Second.Rejected.Replace(corpus.Names[row.First.Rejected], corpus.Names[row.First.Chosen], StringComparison.Ordinal)));
        Assert.DoesNotContain(types, pair => pair.Chosen == pair.Rejected);
    }

    private static async Task<(SynthesisArms Arms, ScriptedLaboratory Laboratory)> RunAsync(ListingWorld world, params ulong[] seeds)
    {
        ScriptedLaboratory laboratory = VerbalizedWorld.Laboratory(world, seeds);
        return (await new SynthesisStudy(laboratory, Scale).RunAsync(ExperimentSplit.Validation, TestContext.Current.CancellationToken), laboratory);
    }
}
