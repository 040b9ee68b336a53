using Agents.Benchmarks.Experiments;
using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Tests.Experiments;

public sealed class DisjointnessTests
{
    [Fact]
    public void Require_DifferentQuestions_CountsThem()
    {
        (int training, int heldOut) = Disjointness.Require(["a b", "c", "a  B "], ["d", "e", "d", "f"]);

        Assert.Equal((2, 3), (training, heldOut));
    }

    [Theory]
    [InlineData("what is 1+1")]
    [InlineData(" What  is 1+1\n")]
    public void Require_SharedQuestion_ThrowsWithItsText(string leaked)
    {
        EvaluationException error = Assert.Throws<EvaluationException>(() => Disjointness.Require(["what is 2+2", leaked], ["what is 1+1"]));

        Assert.Contains(leaked, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_NothingTrained_IsFine() => Assert.Equal((0, 1), Disjointness.Require([], ["a"]));

    [Fact]
    public void Require_SplitsOfEveryFamily_AreDisjoint()
    {
        IEnumerable<string> Questions(TaskSplit split, int count) =>
            TaskFamilies.All.SelectMany(family => TaskSet.Draw(family, split, count, 5)).Select(item => item.Question);

        (int training, int heldOut) = Disjointness.Require(Questions(TaskSplit.Train, 400), Questions(TaskSplit.Test, 100));

        Assert.Equal(400 * TaskFamilies.All.Count, training);
        Assert.Equal(100 * TaskFamilies.All.Count, heldOut);
    }
}
