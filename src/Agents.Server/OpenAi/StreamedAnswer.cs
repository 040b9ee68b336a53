using System.Threading.Channels;
using Agents.Server.Serving;
using Microsoft.Extensions.AI;

namespace Agents.Server.OpenAi;

/// <summary>Answers a request as it is made: all choices run side by side, each chunk names its own.</summary>
/// <param name="seeds">Seeds of parallel calls.</param>
internal sealed class StreamedAnswer(ChoiceSeeds seeds)
{
    private const int Waiting = 64;

    /// <summary>Runs and sends.</summary>
    /// <param name="model">Who answers.</param>
    /// <param name="request">The request.</param>
    /// <param name="head">What all chunks share; its choices are replaced.</param>
    /// <param name="events">Where chunks go.</param>
    /// <param name="cancellationToken">Set when the client is gone; ends the generation.</param>
    public async Task RunAsync(
        ServedModel model, ChatCompletionRequest request, ChatCompletionChunk head, EventStream events, CancellationToken cancellationToken)
    {
        using CancellationTokenSource all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // Bounded: a client that reads slowly slows the generation down instead of filling memory.
        Channel<(int Choice, ChatResponseUpdate Update)> channel = Channel.CreateBounded<(int, ChatResponseUpdate)>(Waiting);
        ChoiceProgress[] choices = [.. Enumerable.Range(0, request.Choices).Select(index => new ChoiceProgress(index))];
        Task[] producers = [.. seeds.For(model, request.Options, request.Choices)
            .Select((options, index) => ProduceAsync(model, request, options, index, channel.Writer, all.Token))];
        Task ending = CompleteAsync(producers, channel.Writer, all);
        try
        {
            await foreach ((int choice, ChatResponseUpdate update) in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await SendAsync(choices[choice], update, head, events, cancellationToken).ConfigureAwait(false);
            }

            foreach (ChoiceProgress choice in choices)
            {
                await events.SendAsync(head with { Choices = [choice.Last()] }, WireJson.Default.ChatCompletionChunk, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await all.CancelAsync().ConfigureAwait(false);
            await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (request.IncludeUsage)
        {
            TokenUsage usage = AnswerMapper.Usage([.. choices.Select(choice => choice.Usage)], sharedPrompt: false);
            await events.SendAsync(head with { Usage = usage }, WireJson.Default.ChatCompletionChunk, cancellationToken).ConfigureAwait(false);
        }

        await events.SendDoneAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task SendAsync(ChoiceProgress choice, ChatResponseUpdate update, ChatCompletionChunk head, EventStream events, CancellationToken cancellationToken)
    {
        bool sent = false;
        foreach (DeltaChoice delta in choice.Accept(update))
        {
            await events.SendAsync(head with { Choices = [delta] }, WireJson.Default.ChatCompletionChunk, cancellationToken).ConfigureAwait(false);
            sent = true;
        }

        if (!sent)
        {
            await events.SendCommentAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task ProduceAsync(
        ServedModel model, ChatCompletionRequest request, ChatOptions options, int index, ChannelWriter<(int, ChatResponseUpdate)> writer, CancellationToken cancellationToken)
    {
        await foreach (ChatResponseUpdate update in model.Client.GetStreamingResponseAsync(request.Messages, options, cancellationToken).ConfigureAwait(false))
        {
            await writer.WriteAsync((index, update), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the channel when all producers have ended; the first failure ends the others and reaches the reader.</summary>
    private static async Task CompleteAsync(Task[] producers, ChannelWriter<(int, ChatResponseUpdate)> writer, CancellationTokenSource all)
    {
        Exception? failure = null;
        await foreach (Task ended in Task.WhenEach(producers).ConfigureAwait(false))
        {
            if (!ended.IsCompletedSuccessfully && failure is null)
            {
                failure = ended.Exception?.InnerException ?? new OperationCanceledException();
                await all.CancelAsync().ConfigureAwait(false);
            }
        }

        writer.TryComplete(failure);
    }
}
