using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;
using Agents.Verification;

namespace Agents.Evaluation.Tests.Tasks;

public sealed class FamilyTests
{
    private const ulong Seed = 11;

    public static TheoryData<string> Families => [.. TaskFamilies.All.Select(family => family.Id)];

    [Theory]
    [MemberData(nameof(Families))]
    public void Create_FiveThousandItemsPerSplit_QuestionsOfSplitsAreDisjoint(string id)
    {
        ITaskFamily family = TaskFamilies.Find(id);
        const int count = 5_000;
        var splitOf = new Dictionary<string, TaskSplit>();
        foreach (TaskSplit split in Enum.GetValues<TaskSplit>())
        {
            var distinct = new HashSet<string>();
            for (int i = 0; i < count; i++)
            {
                TaskItem item = family.Create(split, i, Seed);
                distinct.Add(item.Question);
                Assert.Equal(split, item.Split);
                if (!splitOf.TryAdd(item.Question, split))
                {
                    Assert.Equal(split, splitOf[item.Question]);
                }
            }

            double duplicates = 1 - (distinct.Count / (double)count);
            TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{id} {split}: {duplicates:P2} duplicates"));
            if (id != "listing")
            {
                Assert.True(duplicates < 0.1, FormattableString.Invariant($"{duplicates:P2} duplicates in {split}"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Create_SameSeedSplitAndIndex_SameItem(string id)
    {
        ITaskFamily family = TaskFamilies.Find(id);

        TaskItem first = family.Create(TaskSplit.Test, 42, Seed);
        _ = family.Create(TaskSplit.Train, 7, 3);
        TaskItem again = family.Create(TaskSplit.Test, 42, Seed);

        Assert.Equal(first.Question, again.Question);
        Assert.Equal(first.Solution, again.Solution);
        Assert.Equal(first.Id, again.Id);
        Assert.NotEqual(first.Question, family.Create(TaskSplit.Test, 42, Seed + 1).Question);
        Assert.NotEqual(first.Question, family.Create(TaskSplit.Test, 43, Seed).Question);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Create_OwnSolution_IsJudgedRightWithFullScore(string id)
    {
        ITaskFamily family = TaskFamilies.Find(id);
        var verifier = new ReferenceVerifier();
        for (int i = 0; i < 1_000; i++)
        {
            TaskItem item = family.Create(TaskSplit.Train, i, Seed);
            Verdict verdict = verifier.Judge(item.Judge(item.Solution));
            Assert.True(verdict.Correct, item.Question + " / " + item.Solution + " / " + verdict.Explanation);
            Assert.Equal(1, verdict.Score);
            Assert.Equal(item.Answer, AnswerFormat.Default.Canonicalize(item.Answer));
            Assert.Equal(item.Slots, AnswerFormat.Default.Slots(item.Answer));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Corrupt_AnyItem_IsLabelledAndJudgedWrong(string id)
    {
        ITaskFamily family = TaskFamilies.Find(id);
        var verifier = new ReferenceVerifier();
        var kinds = new HashSet<CorruptionKind>();
        for (int i = 0; i < 1_000; i++)
        {
            TaskItem item = family.Create(TaskSplit.Train, i, Seed);
            var stream = new SampleStream(5, (ulong)i);
            CorruptedSolution wrong = family.Corrupt(item, ref stream);
            kinds.Add(wrong.Kind);
            Verdict verdict = verifier.Judge(item.Judge(wrong.Solution.Text));
            Assert.False(verdict.Correct, item.Question + " / " + wrong.Solution.Text);
            Assert.InRange(verdict.Score!.Value, 0, 0.999);
        }

        Assert.DoesNotContain(CorruptionKind.None, kinds);
        Assert.True(kinds.Count >= 2, string.Join(' ', kinds));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Create_TypicalItems_AreTerse(string id)
    {
        ITaskFamily family = TaskFamilies.Find(id);
        TaskItem[] items = [.. Enumerable.Range(0, 2_000).Select(i => family.Create(TaskSplit.Train, i, Seed))];
        double question = items.Average(item => item.Question.Length);
        double solution = items.Average(item => item.Solution.Length);
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{id}: question {question:F0} (max {items.Max(item => item.Question.Length)}), solution {solution:F0} (max {items.Max(item => item.Solution.Length)})"));

        Assert.InRange(question, 10, 120);
        Assert.InRange(solution, 5, 160);
        Assert.InRange(items.Max(item => item.Question.Length), 10, 240);
        Assert.InRange(items.Max(item => item.Solution.Length), 10, 260);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void CreateSimilar_AnyItem_SharesTemplateLevelAndSplitOnly(string id)
    {
        ITaskFamily family = TaskFamilies.Find(id);
        var stream = new SampleStream(9);
        for (int i = 0; i < 100; i++)
        {
            TaskItem item = family.Create(TaskSplit.Train, i, Seed);
            TaskItem similar = family.CreateSimilar(item, ref stream);
            Assert.Equal(item.Template, similar.Template);
            Assert.Equal(item.Difficulty, similar.Difficulty);
            Assert.Equal(item.Split, similar.Split);
            Assert.NotEqual(item.Question, similar.Question);
            Assert.NotEqual(item.Id, similar.Id);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Create_AnyItem_HasFactsThatEndInWhatIsAsked(string id)
    {
        ITaskFamily family = TaskFamilies.Find(id);
        for (int i = 0; i < 200; i++)
        {
            TaskItem item = family.Create(TaskSplit.Train, i, Seed);
            Assert.True(item.Facts.Count >= 2);
            Assert.StartsWith("ask ", item.Facts[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Corrupt_ItemOfAnotherFamily_Throws()
    {
        TaskItem item = TaskFamilies.Find("lookup").Create(TaskSplit.Train, 0, Seed);
        var stream = new SampleStream(1);

        Assert.Throws<ArgumentException>(() => TaskFamilies.Find("tools").Corrupt(item, ref stream));
    }

    [Fact]
    public void Create_NegativeIndex_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TaskFamilies.Find("tools").Create(TaskSplit.Train, -1, Seed));

    [Fact]
    public void Find_UnknownFamily_NamesTheKnownOnes()
    {
        EvaluationException error = Assert.Throws<EvaluationException>(() => TaskFamilies.Find("algebra"));

        Assert.Contains("arithmetic", error.Message, StringComparison.Ordinal);
    }
}
