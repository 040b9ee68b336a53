using Agents.Evaluation.Roles;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Code;
using Agents.Evaluation.Verification;
using Agents.Programs;

namespace Agents.Evaluation.Tests.Roles;

public sealed class CodeRoleTests
{
    private const int Count = 300;
    private readonly ReferenceVerifier _verifier = new();
    private readonly CodeFamily _family = new();

    public static TheoryData<string> Roles => [RoleNames.Plan, RoleNames.CodeWithPlan, RoleNames.Test, RoleNames.Fix, RoleNames.Repair];

    [Theory]
    [MemberData(nameof(Roles))]
    public void Serves_OnlyTheCodeFamily(string role)
    {
        IRoleWriter writer = RoleWriters.Create().Single(known => known.Role == role);

        Assert.Equal(["code"], TaskFamilies.All.Where(writer.Serves).Select(family => family.Id));
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public void Write_SameStream_SameExample(string role)
    {
        RoleExample first = Write(role, new RoleNoise()).First();
        RoleExample again = Write(role, new RoleNoise()).First();

        Assert.Equal(first.Target, again.Target);
        Assert.Equal(first.Variables, again.Variables);
    }

    [Fact]
    public void Plan_CleanTargets_AreTheSubtasks() =>
        Assert.All(Write(RoleNames.Plan, RoleNoise.CleanTargets), example => Assert.Equal(string.Join('\n', example.Item.Subtasks), example.Target));

    [Fact]
    public void Plan_DefaultNoise_DriftIsLabelled()
    {
        RoleExample[] examples = [.. Write(RoleNames.Plan, new RoleNoise())];

        Assert.All(examples, example => Assert.Equal(example.TargetCorruption == CorruptionKind.None, example.Target == string.Join('\n', example.Item.Subtasks)));
        Assert.InRange(examples.Count(example => example.TargetCorruption != CorruptionKind.None) / (double)Count, 0.15, 0.35);
    }

    [Fact]
    public void CodeWithPlan_CleanTargets_AreRightWhateverThePlan()
    {
        RoleExample[] examples = [.. Write(RoleNames.CodeWithPlan, RoleNoise.CleanTargets with { DriftedStickers = 0.5 })];

        Assert.All(examples, example => Assert.True(IsRight(example, example.Target)));
        Assert.InRange(examples.Count(example => example.InputCorruptions[0] != CorruptionKind.None) / (double)Count, 0.35, 0.65);
    }

    [Fact]
    public void Test_CleanTargets_VerdictIsTheTruth()
    {
        foreach (RoleExample example in Write(RoleNames.Test, RoleNoise.CleanTargets))
        {
            bool right = IsRight(example, "answer: " + example.Variables["code"]);
            Assert.Equal(right, example.InputCorruptions[0] == CorruptionKind.None);
            Assert.EndsWith(right ? "\nPASS" : "\nFAIL", example.Target, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Test_DefaultNoise_WrongVerdictsAreLabelled()
    {
        RoleExample[] examples = [.. Write(RoleNames.Test, new RoleNoise())];

        Assert.All(examples, example => Assert.Equal(
            example.TargetCorruption == CorruptionKind.None,
            (example.InputCorruptions[0] == CorruptionKind.None) == example.Target.EndsWith("PASS", StringComparison.Ordinal)));
        Assert.InRange(examples.Count(example => example.TargetCorruption != CorruptionKind.None) / (double)Count, 0.2, 0.4);
    }

    [Fact]
    public void Fix_Reports_AlwaysFailAndOnlyFollowersAreWrong()
    {
        RoleExample[] examples = [.. Write(RoleNames.Fix, new RoleNoise())];

        Assert.All(examples, example => Assert.EndsWith("FAIL", (string)example.Variables["report"]!, StringComparison.Ordinal));
        Assert.All(examples, example => Assert.Equal(example.TargetCorruption == CorruptionKind.None, IsRight(example, example.Target)));
        Assert.Contains(examples, example => example.TargetCorruption == CorruptionKind.FollowedWrongCritique);
    }

    [Fact]
    public void Repair_AnyExample_ShowsTheFirstFailingVisibleTest()
    {
        int broken = 0;
        foreach (RoleExample example in Write(RoleNames.Repair, RoleNoise.CleanTargets))
        {
            Assert.True(IsRight(example, example.Target));
            string failure = (string)example.Variables["failure"]!;
            IReadOnlyList<ProgramTest> tests = ProgramTest.FindAll(example.Item.Question);
            if (!MiniProgram.TryParse((string)example.Variables["code"]!, out MiniProgram? program, out _))
            {
                broken++;
                Assert.StartsWith(tests[0].Call + " should give ", failure, StringComparison.Ordinal);
                continue;
            }

            TestRun run = TestRun.Of(program, tests);
            Assert.False(run.Passed);
            TestOutcome outcome = run.Outcomes[run.FirstFailing];
            Assert.StartsWith(outcome.Test.Call + (outcome.Result.Failure is null ? $" gave {outcome.Got}, expected " : " should give "), failure, StringComparison.Ordinal);
        }

        Assert.InRange(broken, 1, Count / 8);
    }

    [Theory]
    [InlineData(TraceContent.Values)]
    [InlineData(TraceContent.Source)]
    [InlineData(TraceContent.None)]
    public void Repair_OneContent_FillsTheSlotOnlyWithThat(TraceContent content)
    {
        var writer = new RepairWriter("code-pipeline/repair", RoleNoise.CleanTargets, content);
        for (int i = 0; i < 100; i++)
        {
            var stream = new SampleStream(3, (ulong)i);
            RoleExample example = writer.Write(_family, _family.Create(TaskSplit.Train, i, 8), ref stream);
            string trace = (string)example.Variables["trace"]!;
            string code = (string)example.Variables["code"]!;
            bool parses = MiniProgram.TryParse(code, out _, out _);
            Assert.Equal(content == TraceContent.Source, trace == code);
            Assert.Equal(content == TraceContent.Values && parses, trace.Contains(" > ", StringComparison.Ordinal));
            Assert.Equal(content == TraceContent.None || (content == TraceContent.Values && !parses), trace.Length == 0);
        }
    }

    [Fact]
    public void Repair_AllContents_ComeInEqualShares()
    {
        RoleExample[] examples = [.. Write(RoleNames.Repair, RoleNoise.CleanTargets)];

        double sources = examples.Count(example => Equals(example.Variables["trace"], example.Variables["code"])) / (double)Count;
        double empty = examples.Count(example => Equals(example.Variables["trace"], "")) / (double)Count;
        Assert.InRange(sources, 0.25, 0.42);
        Assert.InRange(empty, 0.25, 0.45);
    }

    [Fact]
    public void Write_AnyRole_PromptsStayShort()
    {
        foreach (string role in Roles.Select(row => row.Data))
        {
            Assert.All(Write(role, new RoleNoise()), example => Assert.InRange(example.Variables.Values.OfType<string>().Sum(value => value.Length), 1, 900));
        }
    }

    private IEnumerable<RoleExample> Write(string role, RoleNoise noise)
    {
        IRoleWriter writer = RoleWriters.Create(noise).Single(candidate => candidate.Role == role);
        for (int i = 0; i < Count; i++)
        {
            var stream = new SampleStream(3, (ulong)i);
            yield return writer.Write(_family, _family.Create(TaskSplit.Train, i, 8), ref stream);
        }
    }

    private bool IsRight(RoleExample example, string solution) => _verifier.Judge(example.Item.Judge(solution)).Correct == true;
}
