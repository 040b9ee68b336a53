using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class BytePairMergerTests
{
    private static readonly TokenMerge[] _small = [new(1, 1, 10), new(10, 10, 11), new(2, 1, 12), new(12, 2, 13), new(1, 2, 14), new(11, 1, 15)];

    [Theory]
    [InlineData(new[] { 1, 1, 1 }, new[] { 10, 1 })]
    [InlineData(new[] { 1, 1, 1, 1, 1 }, new[] { 15 })]
    [InlineData(new[] { 1, 2, 1, 2 }, new[] { 1, 13 })]
    [InlineData(new[] { 3 }, new[] { 3 })]
    [InlineData(new[] { 3, 4, 3 }, new[] { 3, 4, 3 })]
    [InlineData(new int[0], new int[0])]
    public void Merge_SmallPieces_LowestRankThenLeftmost(int[] ids, int[] expected)
    {
        int[] work = [.. ids];

        int count = new BytePairMerger(_small).Merge(work);

        Assert.Equal(expected, work[..count]);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(300)]
    public void Merge_RandomRules_AgreesWithTheDefinition(int length)
    {
        for (ulong seed = 0; seed < (length > 100 ? 8UL : 40UL); seed++)
        {
            CountedNumbers numbers = new(seed);
            TokenMerge[] rules = [.. Enumerable.Range(0, 60).Select(rank => new TokenMerge(numbers.Below(4 + rank), numbers.Below(4 + rank), 4 + rank))];
            int[] ids = [.. Enumerable.Range(0, length).Select(_ => numbers.Below(4))];
            List<int> expected = MergeByDefinition([.. ids], rules);

            int count = new BytePairMerger(rules).Merge(ids);

            Assert.Equal(expected, ids[..count]);
        }
    }

    [Theory]
    [InlineData(1 << 10)]
    [InlineData(1 << 16)]
    public void Merge_AdversarialRun_WorkIsLinearInCandidates(int length)
    {
        // Powers of two of one symbol: each level merges everything again, the worst case for a scan per merge.
        TokenMerge[] rules = [.. Enumerable.Range(0, 20).Select(level => new TokenMerge(level, level, level + 1))];
        BytePairMerger sut = new(rules);

        sut.Merge(new int[length], out long once);
        sut.Merge(new int[2 * length], out long twice);

        Assert.InRange(once, length / 2, 3 * length);
        Assert.InRange((double)twice / once, 1.5, 2.5);
    }

    private static List<int> MergeByDefinition(List<int> ids, TokenMerge[] rules)
    {
        while (true)
        {
            int bestRank = int.MaxValue;
            int at = -1;
            for (int i = 0; i + 1 < ids.Count; i++)
            {
                int rank = Array.FindIndex(rules, rule => rule.Left == ids[i] && rule.Right == ids[i + 1]);
                if (rank >= 0 && rank < bestRank)
                {
                    (bestRank, at) = (rank, i);
                }
            }

            if (at < 0)
            {
                return ids;
            }

            ids[at] = rules[bestRank].Merged;
            ids.RemoveAt(at + 1);
        }
    }
}
