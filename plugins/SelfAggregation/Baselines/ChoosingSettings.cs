namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>Own settings of <c>universal-self-consistency</c>. Common options: <c>samples</c> (default 3), <c>temperature</c> (default 0.8).</summary>
/// <param name="MaxCandidateTokens">Most tokens of a candidate in the prompt. Default null: as long as the context allows.</param>
public sealed record ChoosingSettings(int? MaxCandidateTokens = null)
{
    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["maxCandidateTokens"] = "shorten longer candidates in the middle (default: as long as the context allows)",
    };
}
