using Agents.Budgets;
using Agents.Runtime.Budgets;
using Agents.Testing;

namespace Agents.Runtime.Tests.Budgets;

public sealed class BudgetMeterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void ChargeCalls_BeyondTheLimit_ThrowsAndStops()
    {
        using var sut = new BudgetMeter(new Budget { Calls = 2 }, _clock);
        sut.ChargeCalls();
        sut.ChargeCalls();

        var error = Assert.Throws<BudgetExceededException>(() => sut.ChargeCalls());

        Assert.Equal(StoppedBecause.Calls, error.Reason);
        Assert.Contains("2 model calls", error.Message, StringComparison.Ordinal);
        Assert.True(sut.Stopping.IsCancellationRequested);
        Assert.Equal(2, sut.Used.Calls);
    }

    [Fact]
    public void ChargeCalls_GroupLargerThanWhatIsLeft_GrantsTheRest()
    {
        using var sut = new BudgetMeter(new Budget { Calls = 5 }, _clock);
        sut.ChargeCalls(2);

        Assert.Equal(3, sut.ChargeCalls(8));
        Assert.Equal(0, sut.RemainingCalls);
        Assert.False(sut.Stopping.IsCancellationRequested);
    }

    [Fact]
    public void ChargeCalls_ExactGroupLargerThanWhatIsLeft_ThrowsWithoutCharging()
    {
        using var sut = new BudgetMeter(new Budget { Calls = 5 }, _clock);

        Assert.Throws<BudgetExceededException>(() => sut.ChargeCalls(8, exact: true));
        Assert.Equal(0, sut.Used.Calls);
    }

    [Fact]
    public void ChargeTokens_ExactlyAtTheLimit_LetsCallsInFlightFinishAndRefusesTheNext()
    {
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);

        sut.Settle(default, 60, 40);

        Assert.False(sut.Stopping.IsCancellationRequested);
        Assert.Equal(StoppedBecause.Tokens, Assert.Throws<BudgetExceededException>(() => sut.ChargeCalls()).Reason);
    }

    [Fact]
    public void ChargeTokens_BeyondTheLimit_CancelsWhatIsInFlight()
    {
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);

        sut.Settle(default, 60, 41);

        Assert.True(sut.Stopping.IsCancellationRequested);
        Assert.Equal(StoppedBecause.Tokens, sut.Reason);
        Assert.Equal(0, sut.RemainingTokens);
    }

    [Fact]
    public void Duration_Reached_CancelsAtThatMomentAndNotBefore()
    {
        using var sut = new BudgetMeter(new Budget { Duration = TimeSpan.FromSeconds(10) }, _clock);

        _clock.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(sut.Stopping.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromSeconds(0.001));

        Assert.True(sut.Stopping.IsCancellationRequested);
        Assert.Equal(StoppedBecause.Duration, sut.Reason);
    }

    [Fact]
    public void Dispose_BeforeDuration_LeavesNoTimer()
    {
        var sut = new BudgetMeter(new Budget { Duration = TimeSpan.FromSeconds(10) }, _clock);

        sut.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.False(sut.Stopping.IsCancellationRequested);
        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public void Cost_PricedTokens_AreSummedAndLimited()
    {
        using var sut = new BudgetMeter(new Budget { Cost = 1m }, _clock);
        var prices = new TokenPrices(1m, 4m);

        sut.Settle(default, 500_000, 100_000, prices);
        Assert.Equal(0.9m, sut.Used.Cost);
        Assert.Equal(StoppedBecause.Completed, sut.Reason);
        sut.Settle(default, 0, 100_000, prices);

        Assert.Equal(StoppedBecause.Cost, sut.Reason);
    }

    [Fact]
    public void Cost_OfZeroWithFreeModels_AllowsCalls()
    {
        using var sut = new BudgetMeter(new Budget { Cost = 0 }, _clock);
        sut.Settle(default, 1000, 1000);

        Assert.Equal(1, sut.ChargeCalls());
    }

    [Theory]
    [InlineData(79, false)]
    [InlineData(80, true)]
    public void SoftLimitReached_AtItsShareOfTokens_IsTrue(int tokens, bool expected)
    {
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);
        sut.Settle(default, tokens, 0);

        Assert.Equal(expected, sut.SoftLimitReached);
    }

    [Fact]
    public void SoftLimitReached_Unlimited_IsNeverTrue()
    {
        using var sut = new BudgetMeter(Budget.Unlimited, _clock);
        sut.Settle(default, 1L << 40, 1L << 40);
        sut.ChargeCalls(1_000_000);
        _clock.Advance(TimeSpan.FromDays(1));

        Assert.False(sut.SoftLimitReached);
        Assert.Equal((int.MaxValue, long.MaxValue), (sut.RemainingCalls, sut.RemainingTokens));
    }

    [Theory]
    [InlineData(null, 1, 90)]
    [InlineData(50, 1, 50)]
    [InlineData(50, 3, 30)]
    [InlineData(500, 1, 90)]
    public async Task ReserveAsync_WithTokenBudget_SharesWhatIsLeft(int? asked, int calls, int expected)
    {
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);
        sut.Settle(default, 10, 0);

        TokenReservation reservation = await sut.ReserveAsync(new TokenRequest(asked) { Calls = calls }, Token);

        Assert.Equal((expected, 90 - (calls * expected)), (reservation.OutputLimit, sut.RemainingTokens));
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(1, 95)]
    public async Task ReserveAsync_PromptAloneExceedsWhatIsLeft_RefusesTheCall(int calls, long promptTokens)
    {
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);
        sut.Settle(default, 10, 0);

        BudgetExceededException error = await Assert.ThrowsAsync<BudgetExceededException>(() => sut.ReserveAsync(new TokenRequest(50, promptTokens) { Calls = calls }, Token).AsTask());

        Assert.Equal(StoppedBecause.Tokens, error.Reason);
    }

    [Fact]
    public void SoftLimitReached_FreeModelUnderACostLimitOfZero_IsNot()
    {
        using var sut = new BudgetMeter(new Budget { Cost = 0 }, _clock);
        sut.Settle(default, 10, 10);

        Assert.False(sut.SoftLimitReached);
    }

    [Fact]
    public async Task ReserveAsync_WithoutTokenBudget_IsWhatWasAsked()
    {
        using var sut = new BudgetMeter(Budget.Unlimited, _clock);

        Assert.Equal(default, await sut.ReserveAsync(new TokenRequest(null), Token));
        Assert.Equal(new TokenReservation(7), await sut.ReserveAsync(new TokenRequest(7, 5) { Calls = 3 }, Token));
    }

    [Fact]
    public void Stop_SecondReason_DoesNotReplaceTheFirst()
    {
        using var sut = new BudgetMeter(Budget.Unlimited, _clock);

        sut.Stop(StoppedBecause.Cancelled);
        sut.Stop(StoppedBecause.Tokens);

        Assert.Equal(StoppedBecause.Cancelled, sut.Reason);
    }

    [Fact]
    public void ChargeCalls_ManyThreads_NeverOverdraws()
    {
        using var sut = new BudgetMeter(new Budget { Calls = 100 }, _clock);
        int granted = 0;

        Parallel.For(0, 1000, _ =>
        {
            try
            {
                Interlocked.Add(ref granted, sut.ChargeCalls());
            }
            catch (BudgetExceededException)
            {
                // Expected for nine of ten.
            }
        });

        Assert.Equal((100, 100), (granted, sut.Used.Calls));
    }

    [Fact]
    public void Constructor_ImpossibleBudget_ListsAllReasons()
    {
        var error = Assert.Throws<ArgumentException>(() => new BudgetMeter(new Budget { Calls = 0, Tokens = -1 }, _clock));

        Assert.Contains("tokens is -1", error.Message, StringComparison.Ordinal);
        Assert.Contains("calls is 0", error.Message, StringComparison.Ordinal);
    }
}
