using Agents.Evaluation.Tasks.Programs;

namespace Agents.Evaluation.Tests.Tasks;

public sealed class ProgramInterpreterTests
{
    [Theory]
    [InlineData("a=3; b=a+4; print b", "7")]
    [InlineData("a=2; b=a+3*4; print b, a", "14, 2")]
    [InlineData("a=2; b=(a+3)*4; print b", "20")]
    [InlineData("a=10; b=a-3-2; print b", "5")]
    [InlineData("a=-3; print a*a, a", "9, -3")]
    [InlineData("a=1; repeat 3: a=a*2; print a", "8")]
    [InlineData("a=1; repeat 0: a=a*2; print a", "1")]
    [InlineData("a=5; if a>4: a=a+1; print a", "6")]
    [InlineData("a=5; if a<5: a=a+1; print a", "5")]
    [InlineData("a=5; if a==5: print a+1; print a", "6, 5")]
    [InlineData("print 1; print 2", "1, 2")]
    public void Run_Programs_PrintWhatTheyShould(string source, string expected)
    {
        ProgramRun run = ProgramInterpreter.Run(source);

        Assert.Null(run.Error);
        Assert.Equal(expected, run.OutputText);
    }

    [Fact]
    public void Run_Program_TraceHasValuesPutIn()
    {
        ProgramRun run = ProgramInterpreter.Run("a=3; b=a+4; if b>a: a=b*2; print a");

        Assert.Equal(["b=3+4=7", "7>3 yes", "a=7*2=14"], run.Trace);
    }

    [Theory]
    [InlineData("print x", "x")]
    [InlineData("hello", "no statement")]
    [InlineData("ab=3", "no statement")]
    [InlineData("a=3+", "goes wrong")]
    [InlineData("a=3)", "goes wrong")]
    [InlineData("a=(3", "parenthesis")]
    [InlineData("if 3: a=1", "no condition")]
    [InlineData("a=99999; repeat 9: a=a*a", "exceeds")]
    [InlineData("a=99999999999999999999", "goes wrong")]
    [InlineData("a=((((((((((((((((((((1))))))))))))))))))))", "nested")]
    [InlineData("repeat 2: repeat 2: repeat 2: repeat 2: repeat 2: repeat 2: repeat 2: repeat 2: repeat 2: repeat 2: a=1", "nested")]
    public void Run_BrokenProgram_ErrorIsAValue(string source, string part)
    {
        ProgramRun run = ProgramInterpreter.Run(source);

        Assert.Contains(part, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_EndlessWork_StopsAtTheLimit()
    {
        ProgramRun run = ProgramInterpreter.Run("a=1; repeat 900000000: repeat 900000000: a=1", 500);

        Assert.Contains("500 steps", run.Error, StringComparison.Ordinal);
        Assert.Equal(501, run.Steps);
    }

    [Fact]
    public void Run_EndlessRepetitionOfNothing_StopsAtTheLimit() =>
        Assert.NotNull(ProgramInterpreter.Run("repeat 900000000: if 1>2: a=1", 500).Error);

    [Fact]
    public void Run_TooLongProgram_IsRefused() =>
        Assert.Contains("characters", ProgramInterpreter.Run(new string(';', 5000)).Error, StringComparison.Ordinal);
}
