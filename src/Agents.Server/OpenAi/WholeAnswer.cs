using Agents.Server.Serving;
using Microsoft.Extensions.AI;

namespace Agents.Server.OpenAi;

/// <summary>Answers a request in one piece.</summary>
/// <param name="seeds">Seeds of parallel calls.</param>
internal sealed class WholeAnswer(ChoiceSeeds seeds)
{
    /// <summary>Makes all choices: as one group where the client can, else by parallel calls, of which the first failure cancels the others.</summary>
    /// <param name="model">Who answers.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the generation.</param>
    /// <returns>Choices in order, and the token counts.</returns>
    public async Task<(IReadOnlyList<AnswerChoice> Choices, TokenUsage Usage)> RunAsync(
        ServedModel model, ChatCompletionRequest request, CancellationToken cancellationToken)
    {
        bool grouped = request.Choices > 1 && model.Client.GetService(typeof(IGroupSampler)) is IGroupSampler;
        IReadOnlyList<ChatResponse> responses = grouped
            ? await ((IGroupSampler)model.Client.GetService(typeof(IGroupSampler))!)
                .SampleAsync(request.Messages, request.Choices, request.Options, cancellationToken).ConfigureAwait(false)
            : await RunEachAsync(model, request, cancellationToken).ConfigureAwait(false);
        return (
            [.. responses.Select((response, index) => AnswerMapper.Choice(index, response))],
            AnswerMapper.Usage([.. responses.Select(response => response.Usage)], sharedPrompt: grouped));
    }

    private async Task<IReadOnlyList<ChatResponse>> RunEachAsync(ServedModel model, ChatCompletionRequest request, CancellationToken cancellationToken)
    {
        using CancellationTokenSource all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<ChatResponse>[] calls = [.. seeds.For(model, request.Options, request.Choices).Select(options => RunOneAsync(model, request, options, all))];
        try
        {
            return await Task.WhenAll(calls).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The cause is the failure that cancelled the others, not their cancellation.
            await Task.WhenAny(calls.Where(call => call.IsFaulted)).Unwrap().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<ChatResponse> RunOneAsync(ServedModel model, ChatCompletionRequest request, ChatOptions options, CancellationTokenSource all)
    {
        try
        {
            return await model.Client.GetResponseAsync(request.Messages, options, all.Token).ConfigureAwait(false);
        }
        catch
        {
            await all.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
