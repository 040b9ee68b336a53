using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Transform;

namespace Agents.Evaluation.Tests.Tasks;

public sealed class QuestionReaderTests
{
    private static readonly TransformFamily Family = new(new TransformOptions { Difficulty = new DifficultyMix(1, 1, 1, 1, 1), HeldOutDifficulty = new DifficultyMix(1, 1, 1, 1, 1, 1) });

    [Theory]
    [InlineData(TaskSplit.Train)]
    [InlineData(TaskSplit.Validation)]
    [InlineData(TaskSplit.Test)]
    public void Read_OwnQuestions_GivesTheirSolutionLevelAndSplit(TaskSplit split)
    {
        for (long i = 0; i < 200; i++)
        {
            TaskItem item = Family.Create(split, i, 4);

            ReadQuestion read = Family.Read(item.Question)!;

            Assert.Equal(item.Solution, read.Draft.Solution.Text);
            Assert.Equal((item.Template, item.Difficulty, split), (read.Draft.Template, read.Difficulty, read.Split));
        }
    }

    [Fact]
    public void Untrained_RenamedFunctions_DoTheSameUnderNewNames()
    {
        ITaskFamily family = TaskFamilies.Find(TransformFamily.RenamedId);
        for (long i = 0; i < 100; i++)
        {
            TaskItem item = family.Create(TaskSplit.Train, i, 4);
            TransformFunction function = TransformFunctions.Find(item.Facts[1])!;
            int at = TransformFunctions.Renamed.ToList().IndexOf(function);

            // The same letters under the old name, which this family does not read.
            string old = item.Question.Replace(function.Name, TransformFunctions.All[at].Name, StringComparison.Ordinal);
            Assert.Null(((IQuestionReader)family).Read(old));
            Assert.Equal(item.Answer, Family.Read(old)!.Draft.Solution.Answer);
            Assert.Equal(item.Answer, ((IQuestionReader)family).Read(item.Question)!.Draft.Solution.Answer);
        }

        Assert.DoesNotContain(TransformFunctions.Renamed, function => TransformFunctions.All.Any(other => other.Name == function.Name));
        Assert.DoesNotContain(TaskFamilies.All, other => other.Id == family.Id);
    }

    [Fact]
    public void Read_ByHand_SolvesIt() => Assert.Equal("rem: a b c d\nzor: d c b a\nanswer: a b c d, d c b a", Family.Read("zor(rem(b a c d)) all results?")!.Draft.Solution.Text);

    [Theory]
    [InlineData("")]
    [InlineData("zor on a b c d")] // no question
    [InlineData("zor on a b c: all results?")] // too short
    [InlineData("zor on a b c d e f g h a: all results?")] // too long
    [InlineData("zor on a b c z: all results?")] // no such letter
    [InlineData("zoo on a b c d: all results?")] // no such function
    [InlineData("zor then on a b c d: all results?")]
    [InlineData("zor then zor on a b c d: all results?")] // back where it began
    [InlineData("hul on a b c d: all results?")] // changes nothing
    [InlineData("zor(rem(b a c d) all results?")] // an open bracket
    [InlineData("zor(b a c d)) all results?")]
    [InlineData("zor on b a  c d: all results?")]
    [InlineData("zor on b a c d: all results?\n")]
    [InlineData("kif then kif then kif then kif then kif then kif then kif on b a c d: all results?")] // seven functions
    public void Read_NoQuestionOfTheFamily_IsNull(string question) => Assert.Null(Family.Read(question));
}
