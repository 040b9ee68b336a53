using Agents.Training.Advantages;
using Agents.Training.Errors;
using Agents.Training.Experience;

namespace Agents.Training.Tests.Experience;

public sealed class ExperienceTests
{
    [Fact]
    public void Decode_Encoded_IsTheSame()
    {
        ExperienceGroup group = SampleGroup.Of(7, 3, 1, double.NaN, 0.25);

        ExperienceGroup read = ExperienceCodec.Decode(ExperienceCodec.Version, ExperienceCodec.Encode(group));

        Assert.Equal(ExperienceCodec.Encode(group), ExperienceCodec.Encode(read));
        Assert.Equal((7L, 3L, "p7", "test", 3), (read.Draw, read.Batch, read.PromptId, read.Source, read.Rows.Length));
        Assert.Equal(group.Rows[0].SamplerLogProbability, read.Rows[0].SamplerLogProbability);
        Assert.Equal(group.Rows[0].Rewards, read.Rows[0].Rewards);
        Assert.True(double.IsNaN(read.Rows[1].Reward));
        Assert.True(read.Rows[2].IsTruncated);
    }

    [Fact]
    public void Decode_CutOrGrownAnywhere_IsANamedError()
    {
        byte[] bytes = ExperienceCodec.Encode(SampleGroup.Of(7, 3, 1, 0));

        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<CheckpointException>(() => ExperienceCodec.Decode(ExperienceCodec.Version, bytes[..length]));
        }

        Assert.Throws<CheckpointException>(() => ExperienceCodec.Decode(ExperienceCodec.Version, [.. bytes, 0]));
        Assert.Throws<CheckpointException>(() => ExperienceCodec.Decode(99, bytes));
    }

    [Fact]
    public void Validate_ColumnOfOtherLength_IsNamed()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => (SampleGroup.Row(1) with { Mask = [1] }).Validate());

        Assert.Contains("Mask", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 1.0, 1.0)]
    [InlineData(true, double.NaN, double.NaN)]
    [InlineData(true, double.NaN, 0.0)]
    [InlineData(false, 0.0, double.NaN, 1.0)]
    public void IsDead_Group_FollowsItsScoredRewards(bool dead, params double[] rewards) => Assert.Equal(dead, SampleGroup.Of(1, 0, rewards).IsDead);

    [Fact]
    public void Columns_UnscoredRow_IsMaskedAndHasNoAdvantage()
    {
        ExperienceColumns columns = new([SampleGroup.Of(1, 2, 1, double.NaN, 0), SampleGroup.Of(2, 4, 0, 0)], version: 5);
        new GroupNormalizedAdvantage().Estimate(new AdvantageInputs { Reward = columns.Reward, Group = columns.Group, Length = columns.Length }, columns.Advantage);

        Assert.Equal([0, 0, 0, 1, 1], columns.Group);
        Assert.Equal([3, 3, 3, 1, 1], columns.Age);
        Assert.Equal([0, 0], columns.Mask[1]);
        Assert.Equal(0, columns.Advantage[1]);
        Assert.Equal(0.707106, columns.Advantage[0], 1e-5);
        Assert.Equal([0, 0], columns.Advantage[3..]);
        Assert.True(columns.HasSignal);
        Assert.Equal(0.5f, SampleGroup.Row(1).Mask[1]);
    }

    [Fact]
    public void Reshape_Masks_RemoveWhatTheyName()
    {
        ExperienceColumns truncated = new([SampleGroup.Of(1, 0, 1, 0)], 0);
        new TruncationMask().Reshape(truncated);
        Assert.All(truncated.Mask, mask => Assert.Equal([0, 0], mask));

        ExperienceColumns accepted = new([SampleGroup.Of(1, 0, 1, 0)], 0);
        new RejectionAdvantage().Estimate(new AdvantageInputs { Reward = accepted.Reward, Group = accepted.Group, Length = accepted.Length }, accepted.Advantage);
        new AcceptedOnly().Reshape(accepted);
        Assert.Equal([1, 0.5f], accepted.Mask[0]);
        Assert.Equal([0, 0], accepted.Mask[1]);
    }

    [Fact]
    public void RejectionAdvantage_SomePerGroup_TakesTheEarliestOfTheBest()
    {
        double[] advantages = new double[6];

        new RejectionAdvantage(0.5, 1).Estimate(new AdvantageInputs { Reward = [0.6, 0.9, 0.9, double.NaN, 0.4, 0.5], Group = [0, 0, 0, 1, 1, 1], Length = new int[6] }, advantages);

        Assert.Equal([0, 1, 0, 0, 0, 1], advantages);
    }

    [Fact]
    public async Task Table_Full_LetsProducersWaitUntilAcknowledged()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        ExperienceTable sut = new(capacity: 2, stalenessLimit: 0);
        await sut.AddAsync(SampleGroup.Of(1, 0, 1), token);
        await sut.AddAsync(SampleGroup.Of(2, 0, 1), token);
        Task third = sut.AddAsync(SampleGroup.Of(3, 0, 1), token);

        Assert.Equal([1L], (await sut.TakeAsync(1, 0, token)).Select(group => group.Draw));
        Assert.False(third.IsCompleted);
        Assert.Equal([1L, 2L], sut.Pending.Select(group => group.Draw));
        sut.Acknowledge();
        await third;

        Assert.Equal([2L, 3L], sut.Pending.Select(group => group.Draw));
    }

    [Fact]
    public async Task Table_Empty_LetsTheTrainerWait()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        ExperienceTable sut = new(4, 1);
        var taken = sut.TakeAsync(2, 0, token);
        await sut.AddAsync(SampleGroup.Of(1, 0, 1), token);
        Assert.False(taken.IsCompleted);
        await sut.AddAsync(SampleGroup.Of(2, 0, 1), token);

        Assert.Equal([1L, 2L], (await taken).Select(group => group.Draw));
    }

    [Fact]
    public async Task Table_StaleGroups_AreDroppedAndCounted()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        ExperienceTable sut = new(4, stalenessLimit: 1);
        await sut.AddAsync(SampleGroup.Of(1, 3, 1), token);
        await sut.AddAsync(SampleGroup.Of(2, 4, 1), token);

        Assert.Equal([2L], (await sut.TakeAsync(1, 5, token)).Select(group => group.Draw));
        Assert.Equal(1, sut.Dropped);
    }

    [Fact]
    public async Task Table_TakenTwiceWithoutAcknowledging_IsRefused()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        ExperienceTable sut = new(4, 0);
        await sut.AddAsync(SampleGroup.Of(1, 0, 1), token);
        await sut.TakeAsync(1, 0, token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => sut.TakeAsync(1, 0, token));
    }

    [Fact]
    public async Task Table_Cancelled_StopsWaiting()
    {
        using CancellationTokenSource source = new();
        ExperienceTable sut = new(1, 0);
        var taken = sut.TakeAsync(1, 0, source.Token);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taken);
    }
}
