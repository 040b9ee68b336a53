using Agents.Strategies.Composition;

namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>Own settings of <c>best-of-n</c>. Common options: <c>samples</c> (default 3), <c>temperature</c> (default 0.8).</summary>
/// <param name="Votes">Number of verdicts per candidate when the model itself verifies. Default 1, range 1 to 64.</param>
/// <param name="VerifyTemperature">Temperature of the verdicts. Default null: 0 for one vote, 0.8 for several.</param>
/// <param name="CandidatesFrom">Strategy whose answers are the candidates. Default null: plain answers.</param>
public sealed record BestOfNSettings(
    int Votes = 1,
    double? VerifyTemperature = null,
    NestedStrategy? CandidatesFrom = null)
{
    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["votes"] = "verdicts sampled per candidate when the model is the verifier (default 1)",
        ["verifyTemperature"] = "temperature of these verdicts (default 0 for one vote, 0.8 for several)",
        ["candidatesFrom"] = "strategy whose answers are the candidates: its id, or an object with strategy, samples, temperature, maxTokens, settings (default: plain answers)",
    };
}
