using Agents.Reasoning;
using Agents.Strategies;
using Agents.Strategies.Composition;

namespace Agents.Plugins.Auto;

/// <summary>Own settings of <c>auto</c>. Common options: <c>temperature</c> of the first answer (default 0); <c>samples</c> is not used, because each rung has its own.</summary>
/// <param name="Margin">Least margin between the two most likely tokens, over all tokens of the first answer, at which it stands. Default 0.8.</param>
/// <param name="Agreement">Least share of a rung's candidates that agree at which its answer stands. Default 0.6.</param>
/// <param name="UseLogProbabilities">Whether margins are read where the model gives them. Default true; false always draws a second sample.</param>
/// <param name="SecondTemperature">Temperature of the second sample. Default 0.8.</param>
/// <param name="Ladder">Strategies from cheap to strong. Default: self-consistency with 3 samples, then self-aggregation.</param>
public sealed record AutoSettings(
    double Margin = 0.8,
    double Agreement = 0.6,
    bool UseLogProbabilities = true,
    double SecondTemperature = 0.8,
    IReadOnlyList<NestedStrategy>? Ladder = null)
{
    private static readonly NestedStrategy[] DefaultLadder = [new NestedStrategy("self-consistency") { Samples = 3 }, new NestedStrategy("self-aggregation")];

    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["margin"] = "least margin of the first answer's tokens at which it stands, where the model gives log-probabilities (default 0.8)",
        ["agreement"] = "least share of a rung's candidates that agree at which its answer stands (default 0.6)",
        ["useLogProbabilities"] = "read margins where the model gives them; otherwise a second sample is drawn (default true)",
        ["secondTemperature"] = "temperature of the second sample (default 0.8)",
        ["ladder"] = "strategies from cheap to strong, each an id or an object with strategy, samples, temperature, maxTokens, settings (default: self-consistency with 3 samples, self-aggregation)",
    };

    /// <summary>Gets the rungs above the first answer.</summary>
    internal IReadOnlyList<NestedStrategy> Rungs => Ladder ?? DefaultLadder;

    /// <summary>Reads the settings of a request.</summary>
    /// <param name="options">Options of the request.</param>
    /// <exception cref="ArgumentException">A name is unknown or values are out of range; all are listed.</exception>
    internal static AutoSettings Read(StrategyOptions options)
    {
        AutoSettings settings = StrategySettings.Read(options, AutoStrategy.Id, new AutoSettings(), SettingsJson.Default.AutoSettings, Descriptions);
        new SettingRules(AutoStrategy.Id)
            .Require(settings.Margin is >= 0 and <= 1, $"margin is {settings.Margin}, it must lie in 0 … 1")
            .Require(settings.Agreement is > 0 and <= 1, $"agreement is {settings.Agreement}, it must lie above 0 and not above 1")
            .Require(StrategySettings.IsTemperature(settings.SecondTemperature), $"secondTemperature is {settings.SecondTemperature}, it must be at least 0")
            .Require(settings.Rungs.Count is >= 1 and <= 8, $"ladder has {settings.Rungs.Count} rungs, it must have 1 … 8")
            .Require(settings.Rungs.All(rung => rung is { Strategy.Length: > 0 }), "ladder has a rung without a name")
            .Require(settings.Rungs.All(rung => rung?.Strategy != AutoStrategy.Id), "ladder names 'auto' itself")
            .ThrowIfBroken();
        return settings;
    }
}
