using Agents.Strategies.Candidates;
using Agents.Strategies.Composition;

namespace Agents.Plugins.SelfAggregation;

/// <summary>Own settings of <c>self-aggregation</c> (papers/16 §2.3, §2.4). The number of candidates and their temperature are common options: <c>samples</c> (default 3) and <c>temperature</c> (default 0.8).</summary>
/// <param name="AggregateTemperature">Temperature of the aggregation call. Default 0.</param>
/// <param name="CandidateOrder">Order of candidates in the prompt. Default <see cref="CandidateOrder.Sampling"/>.</param>
/// <param name="Dedupe">Whether candidates with the same text are shown once. Default false.</param>
/// <param name="MaxCandidateTokens">Most tokens of a candidate in the prompt. Default null: as long as the context allows.</param>
/// <param name="EarlyExit">Whether aggregation is skipped when all candidates have the same answer. Default false.</param>
/// <param name="ResampleTemperature">Temperature of the one repetition when all candidates are the same text. Default 1.2; 0 switches it off.</param>
/// <param name="Rounds">Number of aggregation rounds. Default 1, which is the published method; range 1 to 8.</param>
/// <param name="Diversity">What makes candidates differ besides their temperature. Default <see cref="DiversitySource.Temperature"/>.</param>
/// <param name="CandidatesFrom">Strategy whose answers are the candidates. Default null: plain answers. A strategy that offers weighted candidates gives all of them at once.</param>
/// <param name="Members">How many random candidates each aggregation reads, in rounds and at the end. Default null: all of them.</param>
/// <param name="Conclude">What follows the last round. Default <see cref="Conclusion.Aggregate"/>.</param>
public sealed record SelfAggregationSettings(
    double AggregateTemperature = 0,
    CandidateOrder CandidateOrder = CandidateOrder.Sampling,
    bool Dedupe = false,
    int? MaxCandidateTokens = null,
    bool EarlyExit = false,
    double ResampleTemperature = 1.2,
    int Rounds = 1,
    DiversitySource Diversity = DiversitySource.Temperature,
    NestedStrategy? CandidatesFrom = null,
    int? Members = null,
    Conclusion Conclude = Conclusion.Aggregate)
{
    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["aggregateTemperature"] = "temperature of the aggregation call (default 0)",
        ["candidateOrder"] = "order of candidates in the prompt: sampling, random, byLength (default sampling)",
        ["dedupe"] = "drop candidates with the same text (default false)",
        ["maxCandidateTokens"] = "shorten longer candidates in the middle (default: as long as the context allows)",
        ["earlyExit"] = "skip aggregation when all candidates agree (default false)",
        ["resampleTemperature"] = "sample once more at this temperature, when it is the higher one, if all candidates are the same text; 0 switches it off (default 1.2)",
        ["diversity"] = "what makes candidates differ: temperature, templates (other ways), languages (default temperature)",
        ["candidatesFrom"] = "strategy whose answers are the candidates, such as malt or verbalized-sampling: its id, or an object with strategy, samples, temperature, maxTokens, settings (default: plain answers)",
        ["members"] = "how many random candidates each aggregation reads (default: all)",
        ["conclude"] = "what follows the last round: aggregate, or vote over the rewritten candidates (default aggregate)",
        ["rounds"] = "aggregation rounds; each one above 1 first rewrites every candidate from all of them (default 1)",
    };
}
