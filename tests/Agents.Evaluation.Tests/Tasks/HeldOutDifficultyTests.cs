using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Transform;

namespace Agents.Evaluation.Tests.Tasks;

public sealed class HeldOutDifficultyTests
{
    [Fact]
    public void Create_HeldOutMix_ChangesTheHeldOutSplitsOnly()
    {
        var plain = new TransformFamily();
        var tuned = new TransformFamily(new TransformOptions { HeldOutDifficulty = new DifficultyMix(0, 0, 0, 0, 1) });

        for (long i = 0; i < 200; i++)
        {
            Assert.Equal(plain.Create(TaskSplit.Train, i, 1).Question, tuned.Create(TaskSplit.Train, i, 1).Question);
            Assert.Equal(5, tuned.Create(TaskSplit.Test, i, 1).Difficulty);
            Assert.Equal(5, tuned.Create(TaskSplit.Validation, i, 1).Difficulty);
        }
    }

    [Fact]
    public void Corrupt_HeldOutItem_IsRecalledWithItsOwnMix()
    {
        var family = new TransformFamily(new TransformOptions { HeldOutDifficulty = new DifficultyMix(1) });
        TaskItem item = family.Create(TaskSplit.Test, 7, 1);
        var stream = new SampleStream(1);

        Assert.NotEqual(item.Answer, family.Corrupt(item, ref stream).Solution.Answer);
    }
}
