using Agents.Programs.Mutation;

namespace Agents.Programs.Tests;

public sealed class MutationTests
{
    [Fact]
    public void Of_SumBelow_HasAllKinds()
    {
        IReadOnlyList<ProgramMutation> mutations = ProgramMutations.Of(Sources.Parse(Sources.SumBelow));

        Assert.Equal(Enum.GetValues<MutationKind>().Order(), mutations.Select(mutation => mutation.Kind).Distinct().Order());
        Assert.Contains(mutations, mutation => mutation is { Kind: MutationKind.OffByOne, Line: 3, Program.Text: Sources.SumTo });
        Assert.Contains(mutations, mutation => mutation is { Kind: MutationKind.DroppedStatement, Line: 5, Program.Text: "f(n):s=0;i=1;while i<n:{s=s+i}return s" });
        Assert.Contains(mutations, mutation => mutation is { Kind: MutationKind.DroppedStatement, Line: 3, Program.Text: "f(n):s=0;i=1;return s" });
        Assert.Contains(mutations, mutation => mutation is { Kind: MutationKind.Operator, Line: 4, Program.Text: "f(n):s=0;i=1;while i<n:{s=s-i;i=i+1}return s" });
        Assert.Contains(mutations, mutation => mutation is { Kind: MutationKind.Variable, Line: 6, Program.Text: "f(n):s=0;i=1;while i<n:{s=s+i;i=i+1}return i" });
    }

    [Theory]
    [InlineData(Sources.SumTo)]
    [InlineData(Sources.OddOver)]
    [InlineData("f(n):if n==3 or n>7:{return [1,n]}else:{n=n*2}return #[n]")]
    public void Of_AnyProgram_MutantsParseDifferAndNameALine(string source)
    {
        MiniProgram program = Sources.Parse(source);
        IReadOnlyList<ProgramMutation> mutations = ProgramMutations.Of(program);

        Assert.Equal(mutations.Count, mutations.Select(mutation => mutation.Program.Text).Distinct().Count());
        Assert.DoesNotContain(mutations, mutation => mutation.Program.Text == program.Text);
        Assert.All(mutations, mutation => Assert.InRange(mutation.Line, 1, program.Lines));
        Assert.All(mutations, mutation => Assert.Equal(program.Parameters, mutation.Program.Parameters));
    }

    [Fact]
    public void Of_SameProgram_SameOrder() =>
        Assert.Equal(
            ProgramMutations.Of(Sources.Parse(Sources.OddOver)).Select(mutation => mutation.Program.Text),
            ProgramMutations.Of(Sources.Parse(Sources.OddOver)).Select(mutation => mutation.Program.Text));
}
