using Agents.Models;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Auto.Tests.Strategies;

/// <summary>A model that reports the probability of each token it wrote (one per character), and that of the likeliest other one.</summary>
/// <param name="inner">Gives the texts.</param>
/// <param name="own">Probability of every token written.</param>
/// <param name="rival">Probability of its rival.</param>
internal sealed class MarginClient(IChatClient inner, double own, double rival) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken);
        int[] ids = CharacterTokenizer.Instance.Encode(response.Text);
        response.AdditionalProperties = new AdditionalPropertiesDictionary
        {
            [GenerationRecord.PropertyName] = Record(ids, (float)Math.Log(own)),
            [ChatOptionKeys.TopLogProbabilities] = ids.Select(IReadOnlyList<TokenAlternative> (id) =>
                [new TokenAlternative(id, (float)Math.Log(own)), new TokenAlternative(id + 1, (float)Math.Log(rival))]).ToList(),
        };
        return response;
    }

    internal static GenerationRecord Record(int[] ids, params float[] plain) => new()
    {
        PromptTokenIds = [1], CompletionTokenIds = ids, BehaviorLogProbabilities = [.. ids.Select(_ => 0f)],
        PlainLogProbabilities = [.. ids.Select((_, i) => plain[Math.Min(i, plain.Length - 1)])], KeptMass = [.. ids.Select(_ => 1f)], GenerationId = "none",
    };
}
