using Agents.Models.Decoder;
using Agents.Models.Generation;
using Agents.Models.Serving;

namespace Agents.Models.Tests.Serving;

public sealed class EngineLoopTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submit_QueueIsFull_IsRefusedWithTheNumber()
    {
        using ServingRig rig = new();
        using HeldTime time = new();
        using EngineLoop loop = new(rig.Scheduler, 2, time);
        GenerationJob[] jobs = [rig.Create(ServingRig.Request([1, 2], 3)), rig.Create(ServingRig.Request([3, 4], 3))];
        Array.ForEach(jobs, loop.Submit);

        QueueFullException error = Assert.Throws<QueueFullException>(() => loop.Submit(rig.Create(ServingRig.Request([5], 1))));

        Assert.Contains("2 requests wait", error.Message, StringComparison.Ordinal);
        time.Release();
        await Task.WhenAll(jobs.Select(job => job.Ended)).WaitAsync(Stop);
        GenerationJob later = rig.Create(ServingRig.Request([5], 1));
        loop.Submit(later);
        await later.Ended.WaitAsync(Stop);
        Assert.Equal([3, 3], jobs.Select(job => ServingRig.Read(job).Count));
    }

    [Fact]
    public async Task Cancel_WaitingRequest_FreesItsPlaceInTheQueue()
    {
        using ServingRig rig = new();
        using HeldTime time = new();
        using EngineLoop loop = new(rig.Scheduler, 1, time);
        GenerationJob first = rig.Create(ServingRig.Request([1, 2], 3));
        loop.Submit(first);
        loop.Cancel(first);
        time.Release();
        await first.Ended.WaitAsync(Stop);

        GenerationJob second = rig.Create(ServingRig.Request([1, 2], 3));
        loop.Submit(second);

        await second.Ended.WaitAsync(Stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first.Tokens.WaitAsync());
        Assert.Equal(1, rig.Statistics.CancelledRequests);
    }

    [Fact]
    public async Task Dispose_RunningAndWaitingRequests_AllEnd()
    {
        DecoderModel model = SeededModel.Create();
        List<Task<int>> readers = [];
        for (int i = 0; i < 20; i++)
        {
            GenerationRequest request = ServingRig.Request(ServingRig.Prompt((ulong)i, 20), 70, samples: 30);
            readers.Add(Task.Run(async () => await model.GenerateAsync(request, Stop).CountAsync(Stop), Stop));
        }

        await Task.WhenAny(readers).WaitAsync(Stop);
        model.Dispose();

        foreach (Task<int> reader in readers)
        {
            // Whoever was not through, or came too late, is told; nobody waits for ever.
            await reader.ContinueWith(_ => { }, Stop, TaskContinuationOptions.None, TaskScheduler.Default).WaitAsync(Stop);
            Assert.True(reader.IsCompletedSuccessfully || reader.IsCanceled || reader.Exception?.InnerException is ObjectDisposedException);
        }
    }

    [Fact]
    public async Task ScoreAsync_BesideGeneration_GivesTheSameBitsAsAlone()
    {
        using DecoderModel model = SeededModel.Create(maximumBatchRows: 16);
        ScoreRequest score = new(ServingRig.Prompt(5, 20), [[.. ServingRig.Prompt(6, 30)], [.. ServingRig.Prompt(7, 9)], [4]]);
        GenerationRequest request = ServingRig.Request(ServingRig.Prompt(8, 12), 40, samples: 5);
        IReadOnlyList<float[]> expected = await model.ScoreAsync(score, Stop);
        string alone = ServingRig.Numbers(await model.GenerateAsync(request, Stop).ToListAsync(Stop));

        Task<List<GeneratedToken>>[] generations = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await model.GenerateAsync(request, Stop).ToListAsync(Stop), Stop))];
        Task<IReadOnlyList<float[]>>[] scores = [.. Enumerable.Range(0, 6).Select(_ => Task.Run(async () => await model.ScoreAsync(score, Stop), Stop))];

        foreach (IReadOnlyList<float[]> actual in await Task.WhenAll(scores))
        {
            Assert.Equal(expected, actual);
        }

        Assert.All(await Task.WhenAll(generations), tokens => Assert.Equal(alone, ServingRig.Numbers(tokens)));
    }

    [Fact]
    public async Task ScoreAsync_Cancelled_ThrowsAndLeavesTheModelUsable()
    {
        using DecoderModel model = SeededModel.Create(maximumBatchRows: 2);
        using CancellationTokenSource source = new();
        Task<IReadOnlyList<float[]>> running = model.ScoreAsync(new ScoreRequest([1], [.. Enumerable.Range(0, 500).Select(_ => new int[90])]), source.Token).AsTask();

        await source.CancelAsync();

        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.Single(await model.ScoreAsync(new ScoreRequest([1], [[2, 3]]), Stop));

        // Statistics may be a step old when the answer is already here.
        Assert.True(SpinWait.SpinUntil(() => model.Statistics().QueuedRequests == 0, TimeSpan.FromMinutes(1)));
    }

    /// <summary>A clock that holds the engine's thread before its first step.</summary>
    private sealed class HeldTime : TimeProvider, IDisposable
    {
        private readonly ManualResetEventSlim _gate = new();

        public void Release() => _gate.Set();

        public override long GetTimestamp()
        {
            _gate.Wait();
            return base.GetTimestamp();
        }

        public void Dispose()
        {
            _gate.Set();
            _gate.Dispose();
        }
    }
}
