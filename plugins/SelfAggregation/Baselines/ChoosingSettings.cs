using Agents.Strategies.Composition;

namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>Own settings of <c>universal-self-consistency</c>. Common options: <c>samples</c> (default 3), <c>temperature</c> (default 0.8).</summary>
/// <param name="MaxCandidateTokens">Most tokens of a candidate in the prompt. Default null: as long as the context allows.</param>
/// <param name="CandidatesFrom">Strategy whose answers are the candidates. Default null: plain answers.</param>
public sealed record ChoosingSettings(int? MaxCandidateTokens = null, NestedStrategy? CandidatesFrom = null)
{
    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["maxCandidateTokens"] = "shorten longer candidates in the middle (default: as long as the context allows)",
        ["candidatesFrom"] = "strategy whose answers are the candidates: its id, or an object with strategy, samples, temperature, maxTokens, settings (default: plain answers)",
    };
}
