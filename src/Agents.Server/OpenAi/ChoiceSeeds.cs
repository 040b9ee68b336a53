using Agents.Server.Serving;
using Microsoft.Extensions.AI;

namespace Agents.Server.OpenAi;

/// <summary>
/// Seeds of the calls behind one request. Answers to one prompt must differ although one seed came with it, and strategies, which take 0 for no seed, must not
/// give every unseeded request the same answer.
/// </summary>
/// <param name="options">The server's settings.</param>
internal sealed class ChoiceSeeds(AgentsServerOptions options)
{
    private readonly SampleStream _root = new(options.Seed);
    private long _unseeded = -1;

    /// <summary>Options of each answer.</summary>
    /// <param name="model">Who answers.</param>
    /// <param name="shared">Options of the request.</param>
    /// <param name="count">Number of answers.</param>
    public IReadOnlyList<ChatOptions> For(ServedModel model, ChatOptions shared, int count)
    {
        if (shared.Seed is null && !model.IsStrategy)
        {
            return [.. Enumerable.Range(0, count).Select(_ => shared.Clone())];
        }

        SampleStream stream = shared.Seed is long seed ? new SampleStream(unchecked((ulong)seed)) : _root.Fork((ulong)Interlocked.Increment(ref _unseeded));
        ChatOptions[] each = new ChatOptions[count];
        for (int i = 0; i < count; i++)
        {
            each[i] = shared.Clone();

            // The first answer keeps the seed as it came, so that n = 1 means what it means without a server.
            each[i].Seed = i == 0 && shared.Seed is long given ? given : unchecked((long)stream.Fork((ulong)i).NextBits());
        }

        return each;
    }
}
