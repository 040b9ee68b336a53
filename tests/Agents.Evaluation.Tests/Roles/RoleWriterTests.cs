using System.Globalization;
using Agents.Evaluation.Roles;
using Agents.Evaluation.Statistics;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Listing;
using Agents.Evaluation.Verification;

namespace Agents.Evaluation.Tests.Roles;

public sealed class RoleWriterTests
{
    private const int Count = 400;
    private readonly ReferenceVerifier _verifier = new();

    public static TheoryData<string> Families => [.. TaskFamilies.All.Select(family => family.Id)];

    [Theory]
    [MemberData(nameof(Families))]
    public void Solve_DefaultNoise_LabelsAgreeWithTheVerifier(string id)
    {
        RoleExample[] examples = [.. Write(id, RoleNames.Solve, new RoleNoise())];

        Assert.All(examples, example => Assert.Equal(example.TargetCorruption == CorruptionKind.None, IsRight(example.Item, example.Target)));
        Assert.InRange(examples.Count(example => example.TargetCorruption != CorruptionKind.None) / (double)Count, 0.01, 0.25);
        Assert.All(examples, example => Assert.Equal("", example.Prompt));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Verify_CleanTargets_VerdictIsTheTruth(string id)
    {
        foreach (RoleExample example in Write(id, RoleNames.Verify, RoleNoise.CleanTargets))
        {
            bool right = IsRight(example.Item, (string)example.Variables["solution"]!);
            Assert.Equal(right, example.InputCorruptions[0] == CorruptionKind.None);
            Assert.EndsWith(right ? "verdict: right" : "verdict: wrong", example.Target, StringComparison.Ordinal);
            Assert.Equal(right ? example.Item.Solution.Split('\n').Length : 0, right ? example.Target.Split('\n').Count(line => line.EndsWith(" ok", StringComparison.Ordinal)) : 0);
        }
    }

    [Fact]
    public void Verify_DefaultNoise_SevenOfTenVerdictsAreRight()
    {
        RoleExample[] examples = [.. Write("arithmetic", RoleNames.Verify, new RoleNoise())];

        int right = examples.Count(example => (example.InputCorruptions[0] == CorruptionKind.None) == example.Target.EndsWith("verdict: right", StringComparison.Ordinal));
        Assert.InRange(right / (double)Count, 0.62, 0.78);
        Assert.All(examples, example => Assert.Equal(
            example.TargetCorruption == CorruptionKind.None,
            (example.InputCorruptions[0] == CorruptionKind.None) == example.Target.EndsWith("verdict: right", StringComparison.Ordinal)));
    }

    [Fact]
    public void Feedback_WrongStep_SaysWhatItShouldBe()
    {
        RoleExample example = Write("arithmetic", RoleNames.Feedback, RoleNoise.CleanTargets).First(candidate => candidate.InputCorruptions[0] == CorruptionKind.WrongResult);

        string[] shown = ((string)example.Variables["solution"]!).Split('\n');
        string[] right = example.Item.Solution.Split('\n');
        int at = Enumerable.Range(0, shown.Length).First(i => shown[i] != right[i]);
        right[^1] = "result: " + example.Item.Answer;
        Assert.Equal([.. right.Take(at).Select(line => line + " ok"), string.Create(CultureInfo.InvariantCulture, $"{right[at]} expected in line {at + 1}"), "verdict: wrong"], example.Target.Split('\n'));
    }

    [Theory]
    [InlineData(RoleNames.Refine, "critique")]
    [InlineData(RoleNames.Revise, "feedback")]
    public void Refine_DefaultNoise_OnlyFollowersOfWrongCritiquesAreWrong(string role, string variable)
    {
        RoleExample[] examples = [.. Write("transform", role, new RoleNoise())];

        Assert.All(examples, example => Assert.Equal(example.TargetCorruption == CorruptionKind.None, IsRight(example.Item, example.Target)));
        Assert.All(examples.Where(example => (string)example.Variables[variable]! != ""), example => Assert.Contains("verdict: ", (string)example.Variables[variable]!, StringComparison.Ordinal));
        Assert.InRange(examples.Count(example => example.TargetCorruption == CorruptionKind.FollowedWrongCritique) / (double)Count, 0.08, 0.22);
        Assert.Contains(examples, example => example.InputCorruptions[0] == CorruptionKind.None);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Aggregate_DefaultNoise_HasNoneRightMixedAndAllRight(string id)
    {
        var seen = new int[3];
        foreach (RoleExample example in Write(id, RoleNames.Aggregate, RoleNoise.CleanTargets))
        {
            var candidates = (List<Dictionary<string, object?>>)example.Variables["candidates"]!;
            Assert.Equal(Enumerable.Range(1, candidates.Count).Cast<object>(), candidates.Select(candidate => candidate["number"]));
            bool[] right = [.. candidates.Select(candidate => IsRight(example.Item, (string)candidate["text"]!))];
            Assert.Equal(example.InputCorruptions.Select(kind => kind == CorruptionKind.None), right);
            Assert.True(IsRight(example.Item, example.Target));
            seen[right.All(value => value) ? 2 : right.Any(value => value) ? 1 : 0]++;
        }

        Assert.All(seen, count => Assert.InRange(count, Count / 20, Count));
    }

    [Fact]
    public void Aggregate_CopiedCandidates_AreLabelledWrong()
    {
        RoleExample[] examples = [.. Write("lookup", RoleNames.Aggregate, new RoleNoise { CopiedCandidates = 1 })];

        Assert.All(examples, example => Assert.Equal(example.TargetCorruption == CorruptionKind.None, IsRight(example.Item, example.Target)));
        Assert.Contains(examples, example => example.TargetCorruption == CorruptionKind.CopiedCandidate);
    }

    [Fact]
    public void Choose_CleanTargets_PointsAtTheEarliestPluralityAnswer()
    {
        foreach (RoleExample example in Write("transform", RoleNames.Choose, RoleNoise.CleanTargets))
        {
            var candidates = (List<Dictionary<string, object?>>)example.Variables["candidates"]!;
            VoteResult vote = PluralityVote.Count([.. candidates.Select(candidate => AnswerFormat.Default.Extract((string)candidate["text"]!))], AnswerFormat.Default)!;
            Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"\nchoice: {vote.Index + 1}"), example.Target, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Sticker_AnyNoise_DriftIsLabelled(string id)
    {
        RoleExample[] examples = [.. Write(id, RoleNames.Sticker, new RoleNoise())];

        Assert.All(examples, example => Assert.Equal(example.TargetCorruption == CorruptionKind.None, example.Target == string.Join('\n', example.Item.Facts)));
        Assert.InRange(examples.Count(example => example.TargetCorruption == CorruptionKind.DriftedFact) / (double)Count, 0.15, 0.35);
    }

    [Fact]
    public void SolveFromSticker_Prompt_DoesNotShowTheQuestion()
    {
        RoleExample example = Write("arithmetic", RoleNames.SolveFromSticker, RoleNoise.CleanTargets).First();

        Assert.Equal(["sticker"], example.Variables.Keys);
        Assert.Equal(string.Join('\n', example.Item.Facts), example.Variables["sticker"]);
    }

    [Fact]
    public void Verbalize_Listing_GivesTrueProbabilitiesOfRightMembers()
    {
        foreach (RoleExample example in Write("listing", RoleNames.Verbalize, RoleNoise.CleanTargets).Where(example => example.Item.Slots.Count == 1))
        {
            foreach (string line in example.Target.Split('\n'))
            {
                string[] parts = line.Split(' ', 2);
                WeightedAnswer truth = example.Item.Alternatives.Single(answer => answer.Text == parts[1]);
                Assert.Equal(truth.Probability, double.Parse(parts[0], CultureInfo.InvariantCulture), 0.0101);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Verbalize_AnyFamily_LinesAreDistinctAndSumToAtMostOne(string id)
    {
        foreach (RoleExample example in Write(id, RoleNames.Verbalize, new RoleNoise()).Take(100))
        {
            string[][] lines = [.. example.Target.Split('\n').Select(line => line.Split(' ', 2))];
            Assert.Equal(lines.Length, lines.Select(line => line[1]).Distinct().Count());
            Assert.InRange(lines.Sum(line => double.Parse(line[0], CultureInfo.InvariantCulture)), 0.01, 1.03);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Variant_CleanTargets_FirstLineIsAnotherQuestion(string id)
    {
        foreach (RoleExample example in Write(id, RoleNames.Variant, RoleNoise.CleanTargets).Take(100))
        {
            string[] lines = example.Target.Split('\n');
            Assert.NotEqual(example.Item.Question, lines[0]);
            Assert.StartsWith("answer: ", lines[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void BareListing_ManyDraws_FollowTheZipfLaw()
    {
        var family = new ListingFamily();
        var writer = new BareListingWriter(family, "", verbalize: false);
        ListingCategory fruit = ListingCategories.All[0];
        var counts = new Dictionary<string, int>();
        var stream = new SampleStream(51);
        int fruits = 0;
        for (int i = 0; i < 40_000; i++)
        {
            RoleExample example = writer.Write(family, family.Create(TaskSplit.Train, 0, 1), ref stream);
            if (example.Item.Question == "name a fruit")
            {
                fruits++;
                string answer = AnswerFormat.Default.Extract(example.Target)!;
                counts[answer] = counts.GetValueOrDefault(answer) + 1;
            }
        }

        foreach (WeightedAnswer truth in fruit.Distribution(1))
        {
            double error = Math.Sqrt(truth.Probability * (1 - truth.Probability) / fruits);
            Assert.Equal(truth.Probability, counts[truth.Text] / (double)fruits, 4.5 * error);
        }
    }

    [Fact]
    public void Create_BrokenNoise_AllSettingsAreNamed()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => RoleWriters.Create(new RoleNoise { WrongChoices = 2, WrongInputs = -1 }));

        Assert.Contains("WrongChoices", error.Message, StringComparison.Ordinal);
        Assert.Contains("WrongInputs", error.Message, StringComparison.Ordinal);
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

    private bool IsRight(TaskItem item, string solution) => _verifier.Judge(item.Judge(solution)).Correct == true;
}
