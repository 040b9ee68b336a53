using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Tests.Tasks;

public sealed class TaskSetTests
{
    [Fact]
    public void Draw_FamilyWithRepeats_QuestionsDiffer()
    {
        IReadOnlyList<TaskItem> items = TaskSet.Draw(TaskFamilies.Find("listing"), TaskSplit.Test, 1_500, 1);

        Assert.Equal(1_500, items.Select(item => item.Question).Distinct().Count());
    }

    [Fact]
    public void Draw_SplitTooSmall_SaysHowManyThereAre()
    {
        EvaluationException error = Assert.Throws<EvaluationException>(() => TaskSet.Draw(new OneQuestion(), TaskSplit.Test, 2, 1));

        Assert.Contains("only 1 different", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DrawInTurns_AllFamilies_Alternate()
    {
        IReadOnlyList<TaskItem> items = TaskSet.DrawInTurns(TaskFamilies.All, TaskSplit.Validation, 3, 1);

        Assert.Equal(21, items.Count);
        Assert.Equal(items.Take(7).Select(item => item.Family), items.Skip(7).Take(7).Select(item => item.Family));
    }

    private sealed class OneQuestion : ITaskFamily
    {
        public string Id => "one";

        public TaskItem Create(TaskSplit split, long index, ulong seed) => new()
        {
            Id = "one/" + index,
            Family = Id,
            Template = "one",
            Question = "?",
            Answer = "!",
            Steps = "",
            Slots = ["!"],
            Facts = ["ask ?"],
            Difficulty = 1,
            Split = split,
            Lineage = new TaskLineage(seed, index, 0),
        };

        public CorruptedSolution Corrupt(TaskItem item, ref SampleStream stream) => throw new NotSupportedException();

        public TaskItem CreateSimilar(TaskItem item, ref SampleStream stream) => throw new NotSupportedException();
    }
}
