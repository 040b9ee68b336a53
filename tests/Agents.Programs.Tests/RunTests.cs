namespace Agents.Programs.Tests;

public sealed class RunTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 6)]
    [InlineData(10, 55)]
    [InlineData(-4, 0)]
    public void Run_SumTo_AddsTheNumbers(long argument, long expected) =>
        Assert.Equal(Sources.Integer(expected), Sources.Run(Sources.SumTo, Sources.Integer(argument)).Value);

    [Theory]
    [InlineData(7, 2, 3, 1)]
    [InlineData(-7, 2, -4, 1)]
    [InlineData(7, -2, -4, -1)]
    [InlineData(-7, -2, 3, -1)]
    [InlineData(6, -3, -2, 0)]
    public void Run_Division_RoundsDownAndRemainderHasTheDivisorsSign(long left, long right, long quotient, long remainder) =>
        Assert.Equal(ProgramValue.List(quotient, remainder), Sources.Run("f(a,b):return [a/b,a%b]", Sources.Integer(left), Sources.Integer(right)).Value);

    [Fact]
    public void Run_Lists_IndexLengthAndJoin() =>
        Assert.Equal(ProgramValue.List(1, 5, 2, 5, 9), Sources.Run("f(l):return [1,l[0],#l]+l+[]", ProgramValue.List(5, 9)).Value);

    [Theory]
    [InlineData("x>1 and x<5", 3, true)]
    [InlineData("x>1 and x<5", 5, false)]
    [InlineData("x<1 or x>5", 0, true)]
    [InlineData("x<1 or x>5", 3, false)]
    [InlineData("x==1 or x==2 and x>9", 1, true)]
    [InlineData("x!=0 and 6/x==2", 0, false)]
    [InlineData("x<=3 and x>=3", 3, true)]
    public void Run_Conditions_ShortCircuitAndBindAsUsual(string condition, long argument, bool expected) =>
        Assert.Equal(Sources.Integer(expected ? 1 : 0), Sources.Run($"f(x):if {condition}:{{return 1}}else:{{return 0}}", Sources.Integer(argument)).Value);

    [Theory]
    [InlineData("f(n):return n/0", ProgramFailureKind.Division)]
    [InlineData("f(n):return n%(n-n)", ProgramFailureKind.Division)]
    [InlineData("f(n):return y", ProgramFailureKind.Missing)]
    [InlineData("f(n):return [1][1]", ProgramFailureKind.Missing)]
    [InlineData("f(n):return [1][-1]", ProgramFailureKind.Missing)]
    [InlineData("f(n):return n[0]", ProgramFailureKind.Type)]
    [InlineData("f(n):return #n", ProgramFailureKind.Type)]
    [InlineData("f(n):return [1]*2", ProgramFailureKind.Type)]
    [InlineData("f(n):return [1]+2", ProgramFailureKind.Type)]
    [InlineData("f(n):return -[1]", ProgramFailureKind.Type)]
    [InlineData("f(n):return [[1]]", ProgramFailureKind.Type)]
    [InlineData("f(n):if [1]<[2]:{return 1}return 2", ProgramFailureKind.Type)]
    [InlineData("f(n):if [1]==1:{return 1}return 2", ProgramFailureKind.Type)]
    [InlineData("f(n):n=1", ProgramFailureKind.Call)]
    [InlineData("f():return 1", ProgramFailureKind.Call)]
    [InlineData("f(n):while 1==1:{n=n+1}return n", ProgramFailureKind.Limit)]
    [InlineData("f(n):while 1==1:{}return n", ProgramFailureKind.Limit)]
    [InlineData("f(n):n=9;while 1==1:{n=n*n}return n", ProgramFailureKind.Limit)]
    [InlineData("f(n):l=[1];while 1==1:{l=l+l}return l", ProgramFailureKind.Limit)]
    public void Run_WhateverGoesWrong_IsAFailureValue(string source, ProgramFailureKind kind)
    {
        ProgramResult result = Sources.Run(source, Sources.Integer(5));

        Assert.Null(result.Value);
        Assert.Equal(kind, result.Failure!.Kind);
    }

    [Fact]
    public void Run_ExtremeArguments_DoNotOverflow()
    {
        ProgramResult quotient = Sources.Run("f(a,b):return a/b", Sources.Integer(long.MinValue), Sources.Integer(-1));
        ProgramResult negative = Sources.Run("f(a):return -a", Sources.Integer(long.MinValue));
        ProgramResult product = Sources.Run("f(a):return a*a", Sources.Integer(long.MaxValue));

        Assert.All(new[] { quotient, negative, product }, result => Assert.Equal(ProgramFailureKind.Limit, result.Failure!.Kind));
    }

    [Fact]
    public void Run_StepLimit_CountsLinesAndCopiedItems()
    {
        ProgramResult short5 = Sources.Parse("f():a=1;b=2;c=3;d=4;return 5").Run([], new ProgramLimits { Steps = 5 });
        ProgramResult short4 = Sources.Parse("f():a=1;b=2;c=3;d=4;return 5").Run([], new ProgramLimits { Steps = 4 });
        ProgramResult copies = Sources.Parse("f():return [1,2,3]+[4]").Run([]);

        Assert.Equal((5, true), (short5.Steps, short5.Value is not null));
        Assert.Null(short4.Value);
        Assert.Equal(1 + 3 + 1 + 4, copies.Steps);
    }

    [Fact]
    public void Run_BrokenLimits_Throw() =>
        Assert.Throws<ArgumentException>(() => Sources.Parse("f():return 1").Run([], new ProgramLimits { Steps = 0 }));

    [Fact]
    public void Values_AreEqualByContent()
    {
        Assert.Equal(ProgramValue.List(1, 2), ProgramValue.List(1, 2));
        Assert.True(ProgramValue.List() != Sources.Integer(0));
        Assert.NotEqual(ProgramValue.List(1), ProgramValue.List(2));
        Assert.Equal(ProgramValue.List(1, 2).GetHashCode(), ProgramValue.List(1, 2).GetHashCode());
        Assert.Equal("[-1,2]", ProgramValue.List(-1, 2).ToString());
    }
}
