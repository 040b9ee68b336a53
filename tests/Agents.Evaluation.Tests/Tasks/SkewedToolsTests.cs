using Agents.Evaluation.Roles;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Tools;
using Agents.Evaluation.Verification;
using Agents.Verification;

namespace Agents.Evaluation.Tests.Tasks;

/// <summary>The second catalog of tools: skewed for training, uniform where it is measured.</summary>
public sealed class SkewedToolsTests
{
    private const int Count = 3000;
    private static readonly ITaskFamily Errands = TaskFamilies.Find(ErrandCatalog.FamilyId);

    [Fact]
    public void Find_Errands_IsNoneOfAllFamilies()
    {
        Assert.DoesNotContain(TaskFamilies.All, family => family.Id == ErrandCatalog.FamilyId);
        Assert.Empty(ErrandCatalog.All.Select(tool => tool.Name).Intersect(ToolCatalog.All.Select(tool => tool.Name), StringComparer.Ordinal));
        Assert.Empty(ErrandCatalog.All.SelectMany(tool => tool.Requests).Intersect(ToolCatalog.All.SelectMany(tool => tool.Requests), StringComparer.Ordinal));
        Assert.Contains(ErrandCatalog.FamilyId, Assert.Throws<EvaluationException>(() => TaskFamilies.Find("algebra")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Catalog_NoRequestOfOneToolIsARequestOfAnother()
    {
        string[] requests = [.. ErrandCatalog.All.SelectMany(tool => tool.Requests)];

        Assert.Equal(requests.Length, requests.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ErrandCatalog.All, tool => Assert.All(tool.Requests.Zip(tool.Requests.Select(_ => tool.Parameters.Count)), pair => Assert.Equal(pair.Second, Enumerable.Range(0, 9).Count(i => pair.First.Contains($"{{{i}}}", StringComparison.Ordinal)))));
    }

    [Fact]
    public void Create_Train_FollowsTheLawAndNeverAsksInTheLastWay()
    {
        TaskItem[] items = Draw(TaskSplit.Train);
        double total = ErrandCatalog.Options.Weights.Values.Sum();

        foreach (ToolKind tool in new[] { ErrandCatalog.All[0], ErrandCatalog.All[3], ErrandCatalog.All[^1] })
        {
            double expected = Count * ErrandCatalog.Options.Weights[tool.Name] / total;
            Assert.InRange(items.Count(item => ToolOf(item) == tool.Name), expected - (4 * Math.Sqrt(expected)), expected + (4 * Math.Sqrt(expected)));
        }

        int[] phrases = [.. items.Select(PhraseOf)];
        Assert.DoesNotContain(3, phrases);
        Assert.InRange(phrases.Count(phrase => phrase == 0) / (double)Count, 0.56, 0.64);
    }

    [Theory]
    [InlineData(TaskSplit.Validation)]
    [InlineData(TaskSplit.Test)]
    public void Create_HeldOut_DrawsToolsAndWaysOfAskingAlike(TaskSplit split)
    {
        TaskItem[] items = Draw(split);

        Assert.All(ErrandCatalog.All, tool => Assert.InRange(items.Count(item => ToolOf(item) == tool.Name), 80, 170));
        Assert.All(Enumerable.Range(0, 4), phrase => Assert.InRange(items.Count(item => PhraseOf(item) == phrase) / (double)Count, 0.21, 0.29));
    }

    [Fact]
    public void Create_SplitsAreDisjoint()
    {
        HashSet<string> train = [.. Draw(TaskSplit.Train).Select(item => item.Question)];

        Assert.DoesNotContain(Draw(TaskSplit.Test).Concat(Draw(TaskSplit.Validation)), item => train.Contains(item.Question));
        Assert.Empty(Draw(TaskSplit.Test).Select(item => item.Question).Intersect(Draw(TaskSplit.Validation).Select(item => item.Question), StringComparer.Ordinal));
    }

    [Fact]
    public async Task Solution_IsGradedRight_AndACorruptedOneWrong()
    {
        var verifier = new ReferenceVerifier();
        for (int i = 0; i < 40; i++)
        {
            TaskItem item = Errands.Create(TaskSplit.Test, i, 5);
            var stream = new SampleStream(9, (ulong)i);
            TaskSolution wrong = Errands.Corrupt(item, ref stream).Solution;

            Assert.True((await verifier.JudgeAsync(item.Judge(item.Solution), TestContext.Current.CancellationToken)).Correct);
            Assert.False((await verifier.JudgeAsync(item.Judge("answer: " + wrong.Answer), TestContext.Current.CancellationToken)).Correct);
        }
    }

    [Fact]
    public void Variant_IsANewTrainingQuestionOfTheSameTool()
    {
        IRoleWriter writer = RoleWriters.Create(RoleNoise.CleanTargets).Single(writer => writer.Role == RoleNames.Variant);
        for (int i = 0; i < 60; i++)
        {
            TaskItem item = Errands.Create(TaskSplit.Train, i, 5);
            var stream = new SampleStream(3, (ulong)i);

            string target = writer.Write(Errands, item, ref stream).Target;

            Assert.Contains("answer: " + ToolOf(item) + "(", target, StringComparison.Ordinal);
            Assert.DoesNotContain(item.Question, target, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Constructor_BadOptions_AreListed()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new ToolsFamily(ErrandCatalog.Options with
        {
            FamilyId = "x",
            Catalog = [.. ErrandCatalog.All.Take(3)],
            HeldOutWeights = new Dictionary<string, double> { ["timer"] = 1 },
            Phrases = [1, 1],
            HeldOutPhrases = [0, 0, 0, 0],
        }));

        foreach (string option in new[] { "Catalog", "HeldOutWeights", "Phrases", "HeldOutPhrases" })
        {
            Assert.Contains($"ToolsOptions.{option} ", error.Message, StringComparison.Ordinal);
        }
    }

    private static TaskItem[] Draw(TaskSplit split) => [.. Enumerable.Range(0, Count).Select(i => Errands.Create(split, i, 7))];

    private static string ToolOf(TaskItem item) => item.Answer[..item.Answer.IndexOf('(', StringComparison.Ordinal)];

    private static int PhraseOf(TaskItem item)
    {
        ToolKind tool = ErrandCatalog.All.Single(tool => tool.Name == ToolOf(item));
        string request = item.Question[(item.Question.IndexOf("user: ", StringComparison.Ordinal) + 6)..];
        string[] arguments = item.Answer[(item.Answer.IndexOf('(', StringComparison.Ordinal) + 1)..^1].Split(',');
        return tool.Requests.ToList().FindIndex(phrase => string.Format(System.Globalization.CultureInfo.InvariantCulture, phrase, [.. arguments]) == request);
    }
}
