namespace Agents.Testing.Tests;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _sut = new();

    [Fact]
    public void Advance_TimersDue_FireInOrderAtTheirOwnMoments()
    {
        List<string> fired = [];
        DateTimeOffset start = _sut.GetUtcNow();
        void Record(object? name) => fired.Add($"{name}@{(_sut.GetUtcNow() - start).TotalSeconds}");
        using ITimer late = _sut.CreateTimer(Record, "late", TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using ITimer early = _sut.CreateTimer(Record, "early", TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        using ITimer often = _sut.CreateTimer(Record, "often", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        using ITimer never = _sut.CreateTimer(Record, "never", TimeSpan.FromSeconds(9), Timeout.InfiniteTimeSpan);

        _sut.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(["early@1", "often@1", "often@2", "late@3", "often@3"], fired);
        Assert.Equal(2, _sut.ArmedTimers);
    }

    [Fact]
    public void Dispose_ArmedTimer_NeverFires()
    {
        bool fired = false;
        _sut.CreateTimer(_ => fired = true, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan).Dispose();

        _sut.Advance(TimeSpan.FromSeconds(2));

        Assert.False(fired);
    }

    [Fact]
    public void Advance_TimerArmedByATimer_FiresInTheSameAdvance()
    {
        TimeSpan at = default;
        using ITimer first = _sut.CreateTimer(
            _ => _sut.CreateTimer(_ => at = _sut.GetElapsedTime(0), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _sut.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5)), (at, _sut.GetElapsedTime(0)));
    }

    [Fact]
    public async Task Delay_OnThisClock_EndsWithTheClock()
    {
        Task delay = Task.Delay(TimeSpan.FromSeconds(10), _sut, TestContext.Current.CancellationToken);

        _sut.Advance(TimeSpan.FromSeconds(9));
        Assert.False(delay.IsCompleted);
        _sut.Advance(TimeSpan.FromSeconds(1));

        await delay;
    }

    [Fact]
    public async Task WaitForTimersAsync_TimerArmedLater_Completes()
    {
        Task wait = _sut.WaitForTimersAsync(1, TestContext.Current.CancellationToken);
        Assert.False(wait.IsCompleted);

        using ITimer timer = _sut.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        await wait;
        Assert.True(_sut.WaitForTimersAsync(1, TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public void Advance_Backwards_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => _sut.Advance(TimeSpan.FromTicks(-1)));
}
