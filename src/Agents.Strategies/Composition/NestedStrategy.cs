using System.Text.Json;
using System.Text.Json.Serialization;
using Agents.Reasoning;

namespace Agents.Strategies.Composition;

/// <summary>
/// Another strategy as a setting of this one: its id alone, <c>"malt"</c>, or an object with options of its own,
/// <c>{"strategy":"malt","samples":1,"settings":{"pipeline":"gv"}}</c>. Settings nest, so a strategy inside a strategy can name a third one.
/// </summary>
/// <param name="Strategy">Id of the strategy.</param>
[JsonConverter(typeof(NestedStrategyConverter))]
public sealed record NestedStrategy(string Strategy)
{
    /// <summary>Gets the number of samples of the nested strategy; null for its default, never that of the outer request.</summary>
    public int? Samples { get; init; }

    /// <summary>Gets its temperature; null for that of the outer request.</summary>
    public double? Temperature { get; init; }

    /// <summary>Gets the token limit of each of its calls; null for that of the outer request.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Gets its own settings.</summary>
    public JsonElement? Settings { get; init; }

    /// <summary>Returns the options that the nested strategy runs with.</summary>
    /// <param name="outer">Options of the outer request: its seed, and what is not given here.</param>
    public StrategyOptions Options(StrategyOptions outer)
    {
        ArgumentNullException.ThrowIfNull(outer);
        return outer with { Samples = Samples, Temperature = Temperature ?? outer.Temperature, MaxTokens = MaxTokens ?? outer.MaxTokens, Settings = Settings };
    }
}
