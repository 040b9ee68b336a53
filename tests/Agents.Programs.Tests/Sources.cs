namespace Agents.Programs.Tests;

/// <summary>Programs that several tests use.</summary>
internal static class Sources
{
    public const string SumTo = "f(n):s=0;i=1;while i<=n:{s=s+i;i=i+1}return s";
    public const string SumBelow = "f(n):s=0;i=1;while i<n:{s=s+i;i=i+1}return s";
    public const string OddOver = "f(l):s=0;i=0;while i<#l:{x=l[i];if x%2==1 and x>3:{s=s+x}else:{s=s-1}i=i+1}return s+2";

    public static MiniProgram Parse(string source)
    {
        Assert.True(MiniProgram.TryParse(source, out MiniProgram? program, out ProgramFailure? failure), failure?.Message);
        return program;
    }

    public static ProgramValue Integer(long value) => new(value);

    public static ProgramResult Run(string source, params ProgramValue[] arguments) => Parse(source).Run(arguments);
}
