using System.Text.RegularExpressions;
using Agents.Evaluation.Roles;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Arithmetic;
using Agents.Evaluation.Verification;

namespace Agents.Evaluation.Tests.Roles;

public sealed class StickerRoleTests
{
    private const int Count = 300;
    private readonly ReferenceVerifier _verifier = new();

    public static TheoryData<string> Families => [.. TaskFamilies.All.Select(family => family.Id)];

    [Theory]
    [MemberData(nameof(Families))]
    public void Correct_AnyFamily_LabelsAreTheTruth(string id)
    {
        RoleExample[] examples = [.. Write(id, RoleNames.Correct, new RoleNoise())];

        Assert.All(examples, example =>
        {
            string right = string.Join('\n', example.Item.Facts);
            Assert.Equal(example.InputCorruptions[0] == CorruptionKind.None, (string)example.Variables["sticker"]! == right);
            Assert.Equal(example.TargetCorruption == CorruptionKind.None, example.Target == right);
        });
        Assert.InRange(examples.Count(example => example.InputCorruptions[0] != CorruptionKind.None) / (double)Count, 0.65, 0.85);
        Assert.InRange(examples.Count(example => example.TargetCorruption != CorruptionKind.None) / (double)Count, 0.02, 0.15);
    }

    [Theory]
    [InlineData(CorruptionKind.MissingFact)]
    [InlineData(CorruptionKind.DriftedFact)]
    [InlineData(CorruptionKind.InventedFact)]
    [InlineData(CorruptionKind.VagueQuestion)]
    public void Correct_EveryDefectClass_IsDrawnAndLooksLikeIt(CorruptionKind kind)
    {
        RoleExample[] examples = [.. Write("arithmetic", RoleNames.Correct, RoleNoise.CleanTargets).Where(example => example.InputCorruptions is [var only] && only == kind)];

        Assert.InRange(examples.Length, Count / 12, Count / 3);
        Assert.All(examples, example =>
        {
            string[] shown = ((string)example.Variables["sticker"]!).Split('\n');
            int more = shown.Length - example.Item.Facts.Count;
            Assert.Equal(kind switch { CorruptionKind.MissingFact => -1, CorruptionKind.InventedFact => 1, _ => 0 }, more);
            Assert.Equal(kind == CorruptionKind.VagueQuestion, shown[^1] != example.Item.Facts[^1]);
        });
    }

    [Fact]
    public void Correct_WrongFacts_OftenTakeANumberOfTheQuestion()
    {
        RoleExample[] drifted = [.. Write("arithmetic", RoleNames.Correct, RoleNoise.CleanTargets).Where(example => example.InputCorruptions is [CorruptionKind.DriftedFact])];

        int misread = drifted.Count(example =>
        {
            string wrong = ((string)example.Variables["sticker"]!).Split('\n').Except(example.Item.Facts).FirstOrDefault("");
            return Regex.Matches(wrong, "[0-9]+").Any(number => Regex.IsMatch(example.Item.Question, $@"\b{number.Value}\b"));
        });
        Assert.InRange(misread / (double)drifted.Length, 0.15, 0.9);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void SolveWithSticker_DefectiveSticker_TargetIsTheSolutionOfTheQuestion(string id)
    {
        RoleExample[] examples = [.. Write(id, RoleNames.SolveWithSticker, RoleNoise.CleanTargets)];

        Assert.All(examples, example => Assert.True(_verifier.Judge(example.Item.Judge(example.Target)).Correct));
        Assert.InRange(examples.Count(example => example.InputCorruptions[0] != CorruptionKind.None) / (double)Count, 0.17, 0.33);
        Assert.All(examples, example => Assert.Equal(example.Item.Question, example.Variables["question"]));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Invert_AnyFamily_ShowsNoQuestionAndStatesOnlyFacts(string id)
    {
        foreach (RoleExample example in Write(id, RoleNames.Invert, new RoleNoise()))
        {
            Assert.Equal(["prediction", "schema"], example.Variables.Keys);
            Assert.All(example.Target.Split('\n').SkipLast(1), line => Assert.Contains(line, example.Item.Facts));
            Assert.StartsWith("ask ", example.Target.Split('\n')[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Invert_Arithmetic_KeepsEveryConditionButNotWhatIsAsked()
    {
        foreach (RoleExample example in Write("arithmetic", RoleNames.Invert, new RoleNoise()))
        {
            Assert.Equal([.. example.Item.Facts.SkipLast(1), InvertWriter.Unknown], example.Target.Split('\n'));
        }
    }

    [Fact]
    public void Invert_WrongSolutions_AreSlipsOfCalculationOnly()
    {
        CorruptionKind[] kinds = [.. Write("arithmetic", RoleNames.Invert, new RoleNoise()).Select(example => example.InputCorruptions[0]).Distinct().Order()];

        Assert.Equal([CorruptionKind.None, CorruptionKind.WrongResult], kinds);
    }

    [Fact]
    public void Visible_FactsOutsideTheSolution_AreLeftOut() =>
        Assert.Equal(["17", "+10", "ask result"], InvertWriter.Visible(["17", "+10", "*2", "ask shells"], "17+10=27\nanswer: 27"));

    [Fact]
    public void Misread_WordProblems_SolvesTheQuestionWithOneOperandReplaced()
    {
        var family = new ArithmeticFamily();
        int misreadable = 0;
        for (int i = 0; i < 1000; i++)
        {
            TaskItem item = family.Create(TaskSplit.Train, i, 4);
            var stream = new SampleStream(1, (ulong)i);
            if (family.Misread(item, ref stream) is not { } misread)
            {
                continue;
            }

            misreadable++;
            Assert.NotEqual(item.Answer, misread.Solution.Answer);
            Assert.Equal(CorruptionKind.Misreading, misread.Kind);
            Assert.NotEqual("plain", item.Template);
            Assert.Equal(item.Facts.Count - 2, misread.Solution.Steps.Count);
        }

        Assert.InRange(misreadable, 300, 600);
    }

    [Fact]
    public void Solve_Misreadings_AreAFifthOfWhatCanBeMisread()
    {
        RoleExample[] examples = [.. Write("arithmetic", RoleNames.Solve, new RoleNoise { WrongSolutions = 0 })];

        Assert.InRange(examples.Count(example => example.TargetCorruption == CorruptionKind.Misreading) / (double)Count, 0.03, 0.16);
        Assert.All(Write("tools", RoleNames.Solve, new RoleNoise { WrongSolutions = 0, Misreadings = 1 }), example => Assert.Equal(CorruptionKind.None, example.TargetCorruption));
    }

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
