using Agents.Plugins.TestTimeImprovement.Replication;
using Agents.Replication;
using Agents.Testing;

namespace Agents.Plugins.TestTimeImprovement.Tests.Replication;

public sealed class ToolPhraseBookTests
{
    private static readonly Lazy<ToolPhraseBook> Book = new(() => ToolPhraseBook.Read(new ScriptedLaboratory().Items(new ItemQuery("tools", ExperimentSplit.Train, 3000, 5))));

    // The book is read off training items and must know every phrase of the family.
    [Fact]
    public void IsRight_SolutionsOfTestItems_AreAllRight()
    {
        IReadOnlyList<ExperimentItem> items = new ScriptedLaboratory().Items(new ItemQuery("tools", ExperimentSplit.Test, 300, 6));

        Assert.All(items, item => Assert.True(Book.Value.IsRight(item.Question, item.Answer), $"{item.Question} => {item.Answer}"));
    }

    // Answers of other items, put to a question that offers the same function.
    [Fact]
    public void IsRight_AnswersOfOtherItems_AreWrong()
    {
        IReadOnlyList<ExperimentItem> items = new ScriptedLaboratory().Items(new ItemQuery("tools", ExperimentSplit.Test, 300, 6));

        Assert.All(items.Zip(items.Skip(1)), pair => Assert.True(pair.First.Answer == pair.Second.Answer || !Book.Value.IsRight(pair.First.Question, pair.Second.Answer), pair.First.Question));
    }

    [Theory]
    [InlineData("tools: timer(min) buy(n,item). user: order 3 times 4 eggs", "buy(12,eggs)", true)]
    [InlineData("tools: timer(min) buy(n,item). user: order 3 times 4 eggs", "buy(7,eggs)", false)]
    [InlineData("tools: qa=timer(min) ub=buy(n,item). user: boil for 12 min", "qa(12)", true)]
    [InlineData("tools: qa=timer(min) ub=buy(n,item). user: boil for 12 min", "ub(12)", false)]
    [InlineData("tools: qa=alarm(hour) ub=buy(n,item). user: boil for 12 min", "qa(12)", false)]
    [InlineData("tools: add(a,b) timer(min). user: 4 plus 9", "add(4,9)", true)]
    [InlineData("tools: add(a,b) timer(min). user: 4 plus 9", "add(9,4)", false)]
    [InlineData("tools: add(a,b) timer(min). user: 4 minus 9", "add(4,9)", false)]
    [InlineData("no list", "add(4,9)", false)]
    [InlineData("tools: add(a,b). user: 4 plus 9", null, false)]
    public void IsRight_WrittenPair_IsGradedByItsOwnQuestion(string question, string? answer, bool right) => Assert.Equal(right, Book.Value.IsRight(question, answer));
}
