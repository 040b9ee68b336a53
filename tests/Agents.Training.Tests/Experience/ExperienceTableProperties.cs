using System.Collections.Immutable;
using Agents.Training.Experience;

namespace Agents.Training.Tests.Experience;

/// <summary>What the table's contract promises, on random histories.</summary>
public sealed class ExperienceTableProperties
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task RandomHistory_AgreesWithAListThatKeepsOrderAndAge(ulong seed)
    {
        SampleStream random = new(seed);
        int limit = random.NextInt(4);
        int capacity = 2 + random.NextInt(6);
        ExperienceTable sut = new(capacity, limit);
        List<(long Draw, long Version)> expected = [];
        int leased = 0;
        long dropped = 0;
        long draw = 0;
        long version = 0;
        for (int move = 0; move < 400; move++)
        {
            switch (random.NextInt(4))
            {
                case 0 when expected.Count < capacity:
                    long sampled = Math.Max(0, version - random.NextInt(5));
                    await sut.AddAsync(SampleGroup.Of(draw, sampled, 1, 0), Stop);
                    expected.Add((draw++, sampled));
                    break;
                case 1:
                    Drop();
                    using (CancellationTokenSource now = new())
                    {
                        Task<ExperienceGroup> next = sut.TakeNextAsync(version, now.Token);
                        await now.CancelAsync();
                        if (expected.Count > leased)
                        {
                            Assert.Equal(expected[leased++].Draw, (await next).Draw);
                        }
                        else
                        {
                            // A cancelled call has taken nothing.
                            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
                        }
                    }

                    break;
                case 2:
                    sut.Acknowledge();
                    expected.RemoveRange(0, leased);
                    leased = 0;
                    break;
                default:
                    version += random.NextInt(2);
                    break;
            }

            Assert.Equal(expected.Select(entry => entry.Draw), sut.Pending.Select(group => group.Draw));
            Assert.Equal(dropped, sut.Dropped);
        }

        Assert.True(draw > 20);

        void Drop()
        {
            dropped += expected.Skip(leased).Count(entry => version - entry.Version > limit);
            expected = [.. expected.Take(leased), .. expected.Skip(leased).Where(entry => version - entry.Version <= limit)];
        }
    }

    [Fact]
    public async Task FullTable_CancelledAdd_LeavesNoTrace()
    {
        ExperienceTable sut = new(1, 0);
        await sut.AddAsync(SampleGroup.Of(1, 0, 1), Stop);
        using CancellationTokenSource source = new();
        Task second = sut.AddAsync(SampleGroup.Of(2, 0, 1), source.Token);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await sut.TakeNextAsync(0, Stop);
        sut.Acknowledge();

        Assert.Empty(sut.Pending);
    }

    [Fact]
    public async Task Leased_GroupGetsOld_StaysUntilAcknowledged()
    {
        ExperienceTable sut = new(4, 0);
        await sut.AddAsync(SampleGroup.Of(1, 0, 1), Stop);
        await sut.AddAsync(SampleGroup.Of(2, 0, 1), Stop);
        await sut.AddAsync(SampleGroup.Of(3, 1, 1), Stop);
        await sut.TakeNextAsync(0, Stop);

        Assert.Equal(3, (await sut.TakeNextAsync(1, Stop)).Draw);
        Assert.Equal([1L, 3L], sut.Pending.Select(group => group.Draw));
        Assert.Equal(1, sut.Dropped);
    }

    [Fact]
    public async Task SeveralProducers_EveryGroupArrivesOnceAndWhole()
    {
        ExperienceTable sut = new(3, 0);
        Task producers = Task.WhenAll(Enumerable.Range(0, 4).Select(producer => Task.Run(
            async () =>
            {
                for (int i = 0; i < 25; i++)
                {
                    await sut.AddAsync(SampleGroup.Of((producer * 100) + i, 0, producer, i), Stop);
                }
            },
            Stop)));
        List<ExperienceGroup> taken = [];
        while (taken.Count < 100)
        {
            taken.Add(await sut.TakeNextAsync(0, Stop));
            if (taken.Count % 2 == 0)
            {
                sut.Acknowledge();
            }
        }

        await producers;

        Assert.Equal(100, taken.Select(group => group.Draw).Distinct().Count());
        Assert.All(taken, group => Assert.Equal((group.Draw / 100, group.Draw % 100), ((long)group.Rows[0].Reward, (long)group.Rows[1].Reward)));
        Assert.All(taken.GroupBy(group => group.Draw / 100), own => Assert.Equal(own.Select(group => group.Draw).Order(), own.Select(group => group.Draw)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Columns_AnyGroups_KeepRowsOfOneIndexTogetherInOrder(ulong seed)
    {
        SampleStream random = new(seed);
        long version = 7;
        ImmutableArray<ExperienceGroup> groups =
        [
            .. Enumerable.Range(0, 6).Select(draw => SampleGroup.Of(draw, random.NextInt(8), [.. Enumerable.Range(0, 1 + random.NextInt(4)).Select(_ => random.NextInt(5) == 0 ? double.NaN : random.NextUnit())])),
        ];

        ExperienceColumns columns = new(groups, version);

        int index = 0;
        for (int group = 0; group < groups.Length; group++)
        {
            foreach (ExperienceRow row in groups[group].Rows)
            {
                Assert.Same(row, columns.Rows[index]);
                Assert.Equal((group, row.Reward, version - row.Version), (columns.Group[index], columns.Reward[index], columns.Age[index]));
                Assert.Equal(double.IsNaN(row.Reward) ? new float[row.Mask.Length] : row.Mask, columns.Mask[index]);
                Assert.Equal(row.Mask.Count(weight => weight != 0), columns.Length[index++]);
            }
        }

        Assert.Equal(index, columns.Advantage.Length);
    }
}
