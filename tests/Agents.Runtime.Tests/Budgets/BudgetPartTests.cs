using Agents.Budgets;
using Agents.Runtime.Budgets;
using Agents.Testing;

namespace Agents.Runtime.Tests.Budgets;

/// <summary>Parts of a budget, and tokens set aside for calls in flight.</summary>
public sealed class BudgetPartTests
{
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Part_TakesItsLimitsAtOnceAndGivesTheRestBack()
    {
        using var sut = new BudgetMeter(new Budget { Calls = 10, Tokens = 100 }, _clock);
        BudgetMeter part = sut.Part(new Budget { Calls = 4, Tokens = 60 });

        Assert.Equal((6, 40L, 4, 60L), (sut.RemainingCalls, sut.RemainingTokens, part.RemainingCalls, part.RemainingTokens));
        part.ChargeCalls();
        part.Settle(default, 10, 5);

        Assert.Equal((6, 40L, 1, 15L), (sut.RemainingCalls, sut.RemainingTokens, sut.Used.Calls, sut.Used.Tokens));
        Assert.Equal((3, 45L, 1, 15L), (part.RemainingCalls, part.RemainingTokens, part.Used.Calls, part.Used.Tokens));
        part.Dispose();

        Assert.Equal((9, 85L), (sut.RemainingCalls, sut.RemainingTokens));
    }

    [Fact]
    public void Part_LimitBeyondWhatIsLeft_IsCut()
    {
        using var sut = new BudgetMeter(new Budget { Calls = 5, Tokens = 50, Cost = 2 }, _clock);
        sut.ChargeCalls(2);
        sut.Settle(default, 500_000, 0, new TokenPrices(2, 0));

        // Half a million tokens exceeded the limit of tokens, which ends the request.
        Assert.Throws<BudgetExceededException>(() => sut.Part(new Budget { Calls = 9 }));
        using var other = new BudgetMeter(new Budget { Calls = 5, Cost = 2 }, _clock);
        other.ChargeCalls(2);
        using BudgetMeter part = other.Part(new Budget { Calls = 9, Tokens = 7, Cost = 9 });

        Assert.Equal((3, 7L, 2m), (part.Limits.Calls, part.Limits.Tokens, part.Limits.Cost));
        Assert.Equal(0, other.RemainingCalls);
    }

    [Fact]
    public void Part_WithoutOwnLimits_SeesAndSharesThoseAroundIt()
    {
        using var sut = new BudgetMeter(new Budget { Calls = 10, Tokens = 100, SoftShare = 0.5 }, _clock);
        sut.ChargeCalls(3);
        using BudgetMeter part = sut.Part(new Budget { Tokens = 40, SoftShare = 0.25 });

        part.ChargeCalls();
        part.Settle(default, 9, 0);

        Assert.Equal((10, 40L, 6, 4), (part.Limits.Calls, part.Limits.Tokens, part.RemainingCalls, part.Used.Calls));
        Assert.True(part.SoftLimitReached);
        Assert.False(sut.SoftLimitReached);
        part.ChargeCalls(6);
        Assert.Throws<BudgetExceededException>(() => part.ChargeCalls());
        Assert.Equal((StoppedBecause.Calls, StoppedBecause.Calls, false), (sut.Reason, part.Reason, part.StoppedItself));
    }

    [Fact]
    public void Part_AtItsOwnLimit_EndsAlone()
    {
        using var sut = new BudgetMeter(new Budget { Calls = 10 }, _clock);
        using BudgetMeter part = sut.Part(new Budget { Calls = 2 });
        part.ChargeCalls(2);

        var error = Assert.Throws<BudgetExceededException>(() => part.ChargeCalls());

        Assert.Contains("2 model calls", error.Message, StringComparison.Ordinal);
        Assert.Equal((StoppedBecause.Calls, true, true), (part.Reason, part.StoppedItself, part.Refused));
        Assert.Equal((StoppedBecause.Completed, false, 8), (sut.Reason, sut.Refused, sut.RemainingCalls));
        Assert.False(sut.Stopping.IsCancellationRequested);
        Assert.Equal(1, sut.ChargeCalls());
    }

    [Fact]
    public void Part_OfAPartWithoutLimits_TakesFromTheRequest()
    {
        using var sut = new BudgetMeter(new Budget { Calls = 10 }, _clock);
        BudgetMeter middle = sut.Part(new Budget { Tokens = 1000 });
        BudgetMeter inner = middle.Part(new Budget { Calls = 7 });

        Assert.Equal((3, 3, 7), (sut.RemainingCalls, middle.RemainingCalls, inner.RemainingCalls));
        inner.ChargeCalls(5);
        inner.Dispose();
        middle.Dispose();

        Assert.Equal((5, 5), (sut.RemainingCalls, sut.Used.Calls));
    }

    [Fact]
    public void WholeEnds_ThePartsEnd()
    {
        using var sut = new BudgetMeter(new Budget { Duration = TimeSpan.FromSeconds(5) }, _clock);
        using BudgetMeter part = sut.Part(new Budget { Calls = 2, Duration = TimeSpan.FromSeconds(60) });

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((StoppedBecause.Duration, false), (part.Reason, part.StoppedItself));
        Assert.Throws<BudgetExceededException>(() => part.ChargeCalls());
    }

    [Fact]
    public void CallsPromisedToAPart_AreRefusedWithoutEndingTheRequest()
    {
        using var sut = new BudgetMeter(new Budget { Calls = 3 }, _clock);
        using BudgetMeter part = sut.Part(new Budget { Calls = 3 });

        Assert.Throws<BudgetExceededException>(() => sut.ChargeCalls());
        Assert.Throws<BudgetExceededException>(() => sut.Part(new Budget { Calls = 1 }));

        Assert.Equal((StoppedBecause.Completed, 3), (sut.Reason, part.ChargeCalls(3)));
    }

    [Fact]
    public void Share_OfWhatIsLeft_RoundsDownButNeverToNothing()
    {
        using var sut = new BudgetMeter(new Budget { Calls = 9, Tokens = 101, Duration = TimeSpan.FromSeconds(10), Cost = 4, SoftShare = 0.6 }, _clock);
        sut.ChargeCalls(2);
        _clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(new Budget { Calls = 3, Tokens = 50, Duration = TimeSpan.FromSeconds(3), Cost = 2, SoftShare = 0.6 }, sut.Share(0.5));
        Assert.Equal((1, 1L), (sut.Share(0.001).Calls, sut.Share(0.001).Tokens));
        Assert.Null(new BudgetMeter(new Budget { Calls = 1 }, _clock).Share(1).Tokens);
        Assert.Throws<ArgumentOutOfRangeException>(() => sut.Share(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => sut.Share(1.01));
    }

    [Fact]
    public async Task ReserveAsync_CallsInFlight_AreSetAside()
    {
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);

        TokenReservation first = await sut.ReserveAsync(new TokenRequest(30, 10), Token);
        Assert.Equal(60, sut.RemainingTokens);
        TokenReservation second = await sut.ReserveAsync(new TokenRequest(30, 10), Token);
        Assert.Equal((30, 30, 20L), (first.OutputLimit, second.OutputLimit, sut.RemainingTokens));
        sut.Settle(first, 9, 6);
        sut.Settle(second, 9, 6);

        Assert.Equal((70L, 30L), (sut.RemainingTokens, sut.Used.Tokens));
    }

    [Fact]
    public async Task ReserveAsync_RestDoesNotPay_WaitsInOrderForTheCallsInFlight()
    {
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);
        TokenReservation first = await sut.ReserveAsync(new TokenRequest(70, 10), Token);
        Task<TokenReservation> second = sut.ReserveAsync(new TokenRequest(60, 10), Token).AsTask();
        Task<TokenReservation> third = sut.ReserveAsync(new TokenRequest(5, 5), Token).AsTask();

        // The third would fit, but must not overtake.
        Assert.False(second.IsCompleted || third.IsCompleted);
        sut.Settle(first, 10, 10);

        Assert.Equal((60, 5, 0L), ((await second).OutputLimit, (await third).OutputLimit, sut.RemainingTokens));
    }

    [Fact]
    public async Task ReserveAsync_WithoutALimitOfItsOwn_RunsAloneWithAllThatIsLeft()
    {
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);
        TokenReservation first = await sut.ReserveAsync(new TokenRequest(null, 10), Token);
        Task<TokenReservation> second = sut.ReserveAsync(new TokenRequest(null, 10), Token).AsTask();
        Assert.Equal((90, false), (first.OutputLimit, second.IsCompleted));

        sut.Settle(first, 10, 20);

        Assert.Equal(60, (await second).OutputLimit);
    }

    [Fact]
    public async Task ReserveAsync_AnnouncedTogether_ShareWithoutWaiting()
    {
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);
        List<int?> limits = [];
        for (int left = 3; left > 0; left--)
        {
            limits.Add((await sut.ReserveAsync(new TokenRequest(null, 10) { Together = left }, Token)).OutputLimit);
        }

        Assert.Equal([23, 23, 24], limits);
        Assert.Equal(0, sut.RemainingTokens);
    }

    [Fact]
    public async Task ReserveAsync_NothingLeftAfterTheWait_IsRefused()
    {
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);
        TokenReservation first = await sut.ReserveAsync(new TokenRequest(80, 10), Token);
        Task<TokenReservation> second = sut.ReserveAsync(new TokenRequest(20, 30), Token).AsTask();

        sut.Settle(first, 10, 80);

        BudgetExceededException error = await Assert.ThrowsAsync<BudgetExceededException>(() => second);
        Assert.Equal((StoppedBecause.Tokens, StoppedBecause.Tokens), (error.Reason, sut.Reason));
    }

    [Fact]
    public async Task ReserveAsync_CancelledWait_TakesNothing()
    {
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);
        using var cancel = new CancellationTokenSource();
        TokenReservation first = await sut.ReserveAsync(new TokenRequest(90), Token);
        Task<TokenReservation> second = sut.ReserveAsync(new TokenRequest(90), cancel.Token).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        sut.Settle(first, 0, 10);

        Assert.Equal(90, sut.RemainingTokens);
    }

    [Fact]
    public async Task ReserveAsync_InsideAnOpenStreamOfTheSameCaller_DoesNotWaitForIt()
    {
        var outer = new BudgetCaller();
        var inner = new BudgetCaller(outer);
        using var sut = new BudgetMeter(new Budget { Tokens = 100 }, _clock);
        TokenReservation stream = await sut.ReserveAsync(new TokenRequest(60) { Caller = outer, Streams = true }, Token);

        TokenReservation own = await sut.ReserveAsync(new TokenRequest(60) { Caller = outer }, Token);
        Assert.Equal(40, own.OutputLimit);
        sut.Settle(own, 0, 10);
        TokenReservation nested = await sut.ReserveAsync(new TokenRequest(60) { Caller = inner }, Token);
        Assert.Equal(30, nested.OutputLimit);
        sut.Settle(nested, 0, 10);
        Task<TokenReservation> other = sut.ReserveAsync(new TokenRequest(60) { Caller = new BudgetCaller() }, Token).AsTask();
        Assert.False(other.IsCompleted);
        sut.Settle(stream, 0, 5);

        Assert.Equal(60, (await other).OutputLimit);
    }

    [Fact]
    public async Task Parts_ManyThreads_NeverOverdrawCallsNorTokens()
    {
        const int Calls = 1000;
        const long Tokens = 50_000;
        using var sut = new BudgetMeter(new Budget { Calls = Calls, Tokens = Tokens }, _clock);
        long made = 0;
        long written = 0;

        // Every call writes all it may, so any overdraft would show in the sum.
        async Task CallAsync(BudgetMeter meter, int asked)
        {
            meter.ChargeCalls();
            Interlocked.Increment(ref made);
            TokenReservation reservation = await meter.ReserveAsync(new TokenRequest(asked, 3), Token);
            await Task.Yield();
            Interlocked.Add(ref written, 3 + reservation.OutputLimit!.Value);
            meter.Settle(reservation, 3, reservation.OutputLimit!.Value);
        }

        async Task PartAsync(int index)
        {
            try
            {
                using BudgetMeter part = sut.Part(index % 3 == 0 ? new Budget() : sut.Share(0.05));
                await Task.WhenAll(Enumerable.Range(0, 1 + (index % 9)).Select(call => Task.Run(() => CallAsync(part, 10 + (call * 17 % 90)), Token)));
            }
            catch (BudgetExceededException)
            {
                // Expected once the budget, or the part's, is used up.
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 400).Select(index => Task.Run(() => PartAsync(index), Token)));

        Assert.Equal((Interlocked.Read(ref made), Interlocked.Read(ref written)), (sut.Used.Calls, sut.Used.Tokens));
        Assert.InRange(sut.Used.Calls, 1, Calls);
        Assert.InRange(sut.Used.Tokens, 1, Tokens);
        Assert.Equal((Calls - sut.Used.Calls, Tokens - sut.Used.Tokens), (sut.RemainingCalls, sut.RemainingTokens));
    }
}
