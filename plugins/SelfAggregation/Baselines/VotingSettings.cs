using Agents.Strategies.Composition;

namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>Own settings of <c>self-consistency</c>. Common options: <c>samples</c> (default 4), <c>temperature</c> (default 0.8).</summary>
/// <param name="StopAtLead">Whether sampling stops as soon as the leading answer cannot be overtaken. Default false: one batch.</param>
/// <param name="CandidatesFrom">Strategy whose answers are the candidates. Default null: plain answers.</param>
public sealed record VotingSettings(bool StopAtLead = false, NestedStrategy? CandidatesFrom = null)
{
    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["stopAtLead"] = "stop sampling when no other answer can catch up; samples one by one (default false)",
        ["candidatesFrom"] = "strategy whose answers are the candidates: its id, or an object with strategy, samples, temperature, maxTokens, settings (default: plain answers)",
    };
}
