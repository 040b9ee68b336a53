using System.Globalization;
using Agents.Evaluation.Roles;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;

namespace Agents.Evaluation.Tests.Roles;

public sealed class ConversationRoleTests
{
    private const int Count = 200;
    private readonly ReferenceVerifier _verifier = new();

    public static TheoryData<string> Families => [.. TaskFamilies.All.Select(family => family.Id)];

    [Theory]
    [MemberData(nameof(Families))]
    public void SolveInContext_AnyFamily_DemonstrationsAreOtherQuestionsOfTheSplit(string id)
    {
        foreach (RoleExample example in Write(id, RoleNames.SolveInContext, RoleNoise.CleanTargets))
        {
            Assert.InRange(example.Earlier.Count, 1, 3);
            Assert.All(example.Earlier, turn => Assert.NotEqual(example.Item.Question, turn.Variables["question"]));
            Assert.All(example.Earlier, turn => Assert.StartsWith("answer: ", turn.Reply.Split('\n')[^1], StringComparison.Ordinal));
            Assert.True(_verifier.Judge(example.Item.Judge(example.Target)).Correct);
        }
    }

    [Fact]
    public void VerbalizeMore_Listing_GivesRightMembersThatTheFirstTurnLacks()
    {
        int further = 0;
        foreach (RoleExample example in Write("listing", RoleNames.VerbalizeMore, new RoleNoise()).Where(example => example.Earlier.Count > 0 && example.Item.Slots.Count == 1))
        {
            further++;
            string[] first = Answers(example.Earlier[0].Reply);
            string[] second = Answers(example.Target);
            Assert.Empty(first.Intersect(second));
            Assert.All(second, answer => Assert.Contains(example.Item.Alternatives, truth => truth.Text == answer));
            Assert.Equal(first.Length, example.Earlier[0].Variables["count"]);
            Assert.InRange(second.Length, 1, (int)example.Variables["count"]!);
        }

        Assert.InRange(further, Count / 4, Count);
    }

    [Fact]
    public void Verbalize_Tail_GivesUnlikelyAnswersOnly()
    {
        RoleExample[] tails = [.. Write("listing", RoleNames.Verbalize, RoleNoise.CleanTargets).Where(example => (double)example.Variables["tail"]! > 0)];

        Assert.InRange(tails.Length, Count / 30, Count / 3);
        Assert.All(tails, example => Assert.All(
            example.Target.Split('\n'), line => Assert.True(example.Item.Alternatives.Single(truth => truth.Text == line.Split(' ', 2)[1]).Probability < (double)example.Variables["tail"]!)));
    }

    [Fact]
    public void Verbalize_Counts_RangeFromTwoToSix()
    {
        int[] counts = [.. Write("arithmetic", RoleNames.Verbalize, new RoleNoise()).Select(example => (int)example.Variables["count"]!).Distinct().Order()];

        Assert.Equal([2, 3, 4, 5, 6], counts);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Conclude_CleanTargets_EndsInTheRightAnswerAfterTheVerdict(string id)
    {
        foreach (RoleExample example in Write(id, RoleNames.Conclude, RoleNoise.CleanTargets))
        {
            bool right = example.InputCorruptions[0] == CorruptionKind.None;
            Assert.Contains(right ? "verdict: right\nanswer: " : "verdict: wrong\n", example.Target, StringComparison.Ordinal);
            Assert.True(_verifier.Judge(example.Item.Judge(example.Target)).Correct);
        }
    }

    [Fact]
    public void Conclude_WrongVerdicts_AreLabelledAndConcludeWrongly()
    {
        foreach (RoleExample example in Write("arithmetic", RoleNames.Conclude, new RoleNoise()))
        {
            Assert.Equal(example.TargetCorruption == CorruptionKind.None, _verifier.Judge(example.Item.Judge(example.Target)).Correct);
        }
    }

    [Fact]
    public void Refine_WithoutCritique_IsAShareAndNeverMisled()
    {
        RoleExample[] bare = [.. Write("arithmetic", RoleNames.Refine, new RoleNoise()).Where(example => (string)example.Variables["critique"]! == "")];

        Assert.InRange(bare.Length / (double)Count, 0.08, 0.24);
        Assert.All(bare, example => Assert.Equal(CorruptionKind.None, example.TargetCorruption));
    }

    [Theory]
    [InlineData(RoleNames.Aggregate)]
    [InlineData(RoleNames.Choose)]
    public void Candidates_Number_RangesFromTwoToFour(string role)
    {
        int[] counts = [.. Write("program", role, new RoleNoise()).Select(example => ((List<Dictionary<string, object?>>)example.Variables["candidates"]!).Count).Distinct().Order()];

        Assert.Equal([2, 3, 4], counts);
    }

    private static string[] Answers(string list) => [.. list.Split('\n').Select(line =>
    {
        string[] parts = line.Split(' ', 2);
        Assert.InRange(double.Parse(parts[0], CultureInfo.InvariantCulture), 0.01, 1);
        return parts[1];
    })];

    private static IEnumerable<RoleExample> Write(string familyId, string role, RoleNoise noise)
    {
        ITaskFamily family = TaskFamilies.Find(familyId);
        IRoleWriter writer = RoleWriters.Create(noise).Single(candidate => candidate.Role == role);
        for (int i = 0; i < Count; i++)
        {
            var stream = new SampleStream(3, (ulong)i);
            yield return writer.Write(family, family.Create(TaskSplit.Train, i, 8), ref stream);
        }
    }
}
