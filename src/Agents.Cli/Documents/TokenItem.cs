using System.Text.Json.Serialization;

namespace Agents.Cli.Documents;

/// <summary>One token.</summary>
/// <param name="Id">Token id.</param>
/// <param name="Text">Its text.</param>
/// <param name="LogProb">Natural log-probability under the plain softmax.</param>
internal sealed record TokenItem(int Id, string Text, double LogProb)
{
    /// <summary>Gets the most likely alternatives; absent unless <c>--logprobs</c> asks for them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TokenItem>? Alternatives { get; init; }
}
