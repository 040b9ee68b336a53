namespace Agents.Programs.Tests;

public sealed class MiniProgramTests
{
    [Theory]
    [InlineData(Sources.SumTo)]
    [InlineData(Sources.OddOver)]
    [InlineData("f():return 1")]
    [InlineData("f(a,b):return (a+b)*(a-b)-(a-(b-a))")]
    [InlineData("f(l):return [1,#l,-l[0]]+l")]
    [InlineData("f(n):if n>1 or n<-1 and n!=0:{return -(-n)}return n/2%3*4")]
    [InlineData("f(n):while n>0:{}return n")]
    [InlineData("f(l):return ([1]+l)[0]+(#l)")]
    public void TryParse_CanonicalText_IsAFixedPoint(string source)
    {
        MiniProgram program = Sources.Parse(source);

        Assert.Equal(program.Text, Sources.Parse(program.Text).Text);
    }

    [Fact]
    public void TryParse_BlanksAndParentheses_AreDropped()
    {
        MiniProgram program = Sources.Parse("f( n ) :\n s = ( 0 ) ; ;\n while ( i ) < n : { s = s + ( i * 2 ) } ;\n return ( s )");

        Assert.Equal("f(n):s=0;while i<n:{s=s+i*2}return s", program.Text);
        Assert.Equal(4, program.Lines);
        Assert.Equal(["n", "s", "i"], program.Names);
        Assert.Equal(1, program.Parameters);
    }

    [Theory]
    [InlineData("", "expected a header")]
    [InlineData("g(n):return n", "expected a header")]
    [InlineData("f(n)return n", "expected :")]
    [InlineData("f(n,n):return n", "parameters")]
    [InlineData("f(a,b,c,d,e):return a", "parameters")]
    [InlineData("f(n):return", "expected a value")]
    [InlineData("f(n):s=1 t=2", "expected ;")]
    [InlineData("f(n):while n:{n=1}", "expected a comparison")]
    [InlineData("f(n):if n>1:{return 1", "expected }")]
    [InlineData("f(n):return n}", "expected a statement")]
    [InlineData("f(n):x=n>1;return x", "expected ;")]
    [InlineData("f(n):return 1 $ 2", "unknown character")]
    [InlineData("f(n):return 1234567890123", "digits")]
    [InlineData("f(n):averyveryverylongname=1", "name longer")]
    public void TryParse_NoProgram_SaysWhatWasExpected(string source, string message)
    {
        Assert.False(MiniProgram.TryParse(source, out MiniProgram? program, out ProgramFailure? failure));
        Assert.Null(program);
        Assert.Equal(ProgramFailureKind.Syntax, failure.Kind);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("error: ", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_TooLong_IsALimit()
    {
        string source = "f(n):return " + new string('1', MiniProgram.MaximumLength);

        Assert.False(MiniProgram.TryParse(source, out _, out ProgramFailure? failure));
        Assert.Equal(ProgramFailureKind.Limit, failure.Kind);
    }

    [Theory]
    [InlineData('(', "")]
    [InlineData('[', "")]
    [InlineData('-', "")]
    [InlineData('#', "")]
    public void TryParse_DeeplyNested_IsRefusedWithoutExhaustingTheStack(char opening, string after) =>
        Assert.False(MiniProgram.TryParse("f(n):return " + new string(opening, 1_900) + after, out _, out _));

    [Fact]
    public void TryParse_ALongFlatSum_RunsWithoutExhaustingTheStack()
    {
        string source = "f(n):return n" + string.Concat(Enumerable.Repeat("+1", 990));

        Assert.Equal(Sources.Integer(990), Sources.Run(source, Sources.Integer(0)).Value);
    }
}
