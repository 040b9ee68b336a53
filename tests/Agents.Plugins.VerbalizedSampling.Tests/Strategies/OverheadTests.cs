using Agents.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling.Tests.Strategies;

/// <summary>
/// One call bears the whole request here, so this is where its allocations show first. The benchmark of strategies measures 8 KiB and less in optimized code; the bound here leaves room
/// for code that is not.
/// </summary>
public sealed class OverheadTests
{
    private const int MostBytes = 12 * 1024;
    private const string List = """{"responses":[{"text":"Answer: 1","probability":0.5},{"text":"Answer: 2","probability":0.3},{"text":"Answer: 3","probability":0.2}]}""";

    [Fact]
    public async Task SolveAsync_WarmRequests_StayBelowTheirBytes()
    {
        const int Requests = 200;
        using var model = new ListingClient();
        var bench = new PluginBench(new Plugin(), model);
        StrategyOptions options = PluginBench.Options();
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Requests; i++)
            {
                // Nothing waits, so all of it stays on this thread.
                Task request = bench.SolveAsync("verbalized-sampling", options, cancellationToken: TestContext.Current.CancellationToken);
                Assert.True(request.IsCompletedSuccessfully);
            }

            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / Requests);
        }

        Assert.InRange(least - (sizeof(char) * (model.Prompt + List.Length)), 1, MostBytes);
    }

    private sealed class ListingClient : IChatClient
    {
        public int Prompt { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Prompt = messages.Sum(message => message.Text.Length);
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, List)));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("Lists are not streamed.");

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
