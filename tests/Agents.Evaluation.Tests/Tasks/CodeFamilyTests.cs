using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Code;
using Agents.Evaluation.Verification;
using Agents.Programs;
using Agents.Verification;

namespace Agents.Evaluation.Tests.Tasks;

public sealed class CodeFamilyTests
{
    private const ulong Seed = 11;
    private readonly CodeFamily _family = new();
    private readonly ReferenceVerifier _verifier = new();

    [Fact]
    public void Create_AnyItem_HasThreeVisibleAndTwentyOtherHiddenTestsThatItsProgramPasses()
    {
        for (int i = 0; i < 500; i++)
        {
            TaskItem item = _family.Create(TaskSplit.Train, i, Seed);
            IReadOnlyList<ProgramTest> visible = ProgramTest.FindAll(item.Question);
            ProgramTest[] hidden = [.. item.Tests.Select(Parse)];

            Assert.Equal(3, visible.Count);
            Assert.Equal(20, hidden.Length);
            Assert.Equal(23, visible.Concat(hidden).Select(test => test.Call).Distinct().Count());
            MiniProgram program = Program(item.Answer);
            Assert.Equal(program.Text, item.Answer);
            Assert.True(TestRun.PassesAll(program, visible), item.Question);
            Assert.True(TestRun.PassesAll(program, hidden), item.Question);
        }
    }

    [Fact]
    public void Create_ManyItems_HaveFarMoreThanThreeHundredSpecifications()
    {
        int specifications = Enumerable.Range(0, 2_000).Select(i => _family.Create(TaskSplit.Test, i, Seed).Question.Split(';')[0]).Distinct().Count();

        Assert.True(specifications > 1_000, $"{specifications}");
    }

    [Fact]
    public void Create_Splits_ShareNoProgram()
    {
        HashSet<string>[] programs = [.. Enum.GetValues<TaskSplit>().Select(split => Enumerable.Range(0, 3_000).Select(i => _family.Create(split, i, Seed).Answer).ToHashSet())];

        Assert.Empty(programs[0].Intersect(programs[1]));
        Assert.Empty(programs[0].Intersect(programs[2]));
        Assert.Empty(programs[1].Intersect(programs[2]));
    }

    [Theory]
    [InlineData(4, "until")]
    [InlineData(4, "beyond")]
    [InlineData(4, "within")]
    [InlineData(5, "?")]
    public void Create_VagueWords_VisibleTestsDecideBetweenTheReadings(int level, string word)
    {
        var family = new CodeFamily(new CodeOptions { Difficulty = new DifficultyMix([.. Enumerable.Range(1, level).Select(i => i == level ? 1.0 : 0)]) });
        int decided = 0;
        int hidden = 0;
        int seen = 0;
        for (int i = 0; seen < 60 && i < 2_000; i++)
        {
            TaskItem item = family.Create(TaskSplit.Train, i, Seed);
            string words = item.Question.Split(';')[0];
            if (!words.Contains(word, StringComparison.Ordinal))
            {
                continue;
            }

            seen++;
            string[] readings = [.. Readings(item.Answer, word).Where(reading => reading != item.Answer)];
            Assert.NotEmpty(readings);
            decided += readings.All(reading => !TestRun.PassesAll(Program(reading), ProgramTest.FindAll(item.Question))) ? 1 : 0;
            hidden += readings.All(reading => !TestRun.PassesAll(Program(reading), [.. item.Tests.Select(Parse)])) ? 1 : 0;
        }

        // A few problems have no three small inputs that tell all readings apart.
        Assert.Equal(60, seen);
        Assert.InRange(decided, 54, 60);
        Assert.InRange(hidden, 58, 60);
    }

    [Fact]
    public void Judge_AnotherProgramThatComputesTheSame_IsRight()
    {
        TaskItem item = Find("sum of items over");
        string constant = item.Question.Split("over ")[1].Split([';', ','])[0];
        string other = $"f(l):s=0;i=#l;while i>0:{{i=i-1;if {constant}<l[i]:{{s=l[i]+s}}}}return s";

        Verdict verdict = _verifier.Judge(item.Judge("so:\nanswer: " + other));

        Assert.NotEqual(item.Answer, other);
        Assert.True(verdict.Correct, item.Question + verdict.Explanation);
        Assert.Equal(1, verdict.Components["format"]);
    }

    [Fact]
    public void Judge_ProgramThatPassesSomeTests_ScoreIsTheirShare()
    {
        TaskItem item = Find("sum of items over");
        ProgramTest[] tests = [.. item.Tests.Select(Parse)];
        MiniProgram zero = Program("f(l):return 0");

        Verdict verdict = _verifier.Judge(item.Judge("answer: f(l):return 0"));

        Assert.False(verdict.Correct);
        Assert.Equal(tests.Count(test => test.Check(zero).Passed) / 20.0, verdict.Score);
    }

    [Theory]
    [InlineData("answer: f(l):return")]
    [InlineData("no program")]
    [InlineData("")]
    public void Judge_NoProgram_IsInvalidAndWrong(string response)
    {
        Verdict verdict = _verifier.Judge(_family.Create(TaskSplit.Train, 0, Seed).Judge(response));

        Assert.False(verdict.Correct);
        Assert.True(verdict.Invalid);
        Assert.Equal(0, verdict.Score);
    }

    [Theory]
    [InlineData("answer: f(l):while 1==1:{}return 0")]
    [InlineData("answer: f(l):x=[1];while 1==1:{x=x+x}return x")]
    [InlineData("answer: f(l):return 1/0")]
    public void Judge_HostileProgram_IsWrongAtOnce(string response) =>
        Assert.False(_verifier.Judge(_family.Create(TaskSplit.Train, 0, Seed).Judge(response)).Correct);

    [Fact]
    public void Judge_BrokenTests_AreNotJudgeable() =>
        Assert.Null(_verifier.Judge(new VerificationRequest("q", "answer: f(n):return n") { Reference = "f(n):return n", Tests = ["nonsense"] }).Correct);

    [Fact]
    public void Canonicalize_EqualPrograms_AreOneVote()
    {
        AnswerFormat format = AnswerFormat.Default;

        Assert.True(format.Equivalent("f(n): s = 0; return (s+n)", "f(n):s=0;return s+n"));
        Assert.False(format.Equivalent("f(n):return n+1", "f(n):return 1+n"));
        Assert.Equal(["f(l,k):return [1,k]"], format.Slots("f(l,k):return [1,k]"));
    }

    [Fact]
    public void Corrupt_AnyItem_GivesMisreadingsAndMutationsThatParse()
    {
        int parsed = 0;
        for (int i = 0; i < 300; i++)
        {
            var stream = new SampleStream(4, (ulong)i);
            CorruptedSolution wrong = _family.Corrupt(_family.Create(TaskSplit.Train, i, Seed), ref stream);
            parsed += MiniProgram.TryParse(wrong.Solution.Answer, out _, out _) ? 1 : 0;
        }

        Assert.Equal(300, parsed);
    }

    [Fact]
    public void Constructor_TooManyLevels_NamesTheSetting()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new CodeFamily(new CodeOptions { Difficulty = new DifficultyMix(1, 1, 1, 1, 1, 1) }));

        Assert.Contains("CodeOptions.Difficulty", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Readings(string program, string word) => word switch
    {
        "until" => [program.Replace("i<n:", "i<=n:", StringComparison.Ordinal), program.Replace("i<=n:", "i<n:", StringComparison.Ordinal)],
        "beyond" => Swapped(program, ">"),
        "within" => Swapped(program, "<"),
        _ => Enumerable.Range(2, 8).Select(constant => ReplaceHidden(program, constant)).OfType<string>().DefaultIfEmpty(program + ";"),
    };

    private static IEnumerable<string> Swapped(string program, string sign)
    {
        int at = program.IndexOf("if ", StringComparison.Ordinal);
        string head = program[..at];
        string tail = program[at..];
        int found = tail.IndexOf(sign, StringComparison.Ordinal);
        yield return head + (tail[found + 1] == '=' ? tail.Remove(found + 1, 1) : tail.Insert(found + 1, "="));
    }

    /// <summary>Changes the last constant of two or more: only programs whose hidden constant stands there are looked at.</summary>
    private static string? ReplaceHidden(string program, int constant)
    {
        int at = program.LastIndexOfAny(['2', '3', '4', '5', '6', '7', '8', '9']);
        return at < 0 || program[at] == constant + '0' ? null : program[..at] + constant + program[(at + 1)..];
    }

    private static ProgramTest Parse(string text)
    {
        Assert.True(ProgramTest.TryParse(text, out ProgramTest? test), text);
        return test;
    }

    private static MiniProgram Program(string text)
    {
        Assert.True(MiniProgram.TryParse(text, out MiniProgram? program, out ProgramFailure? failure), text + failure?.Message);
        return program;
    }

    /// <summary>An item that sums what lies over a constant and does nothing else.</summary>
    private TaskItem Find(string words)
    {
        for (int i = 0; ; i++)
        {
            TaskItem item = _family.Create(TaskSplit.Train, i, Seed);
            string described = item.Question.Split(';')[0];
            if (item.Difficulty == 1 && described.Contains(words, StringComparison.Ordinal) && !described.Contains(',', StringComparison.Ordinal))
            {
                return item;
            }
        }
    }
}
