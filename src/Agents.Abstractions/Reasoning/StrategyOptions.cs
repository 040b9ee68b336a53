using System.Text.Json;

namespace Agents.Reasoning;

/// <summary>Options every strategy understands, plus the strategy's own as JSON. Absent values mean the strategy's default.</summary>
public sealed record StrategyOptions
{
    /// <summary>Gets how many candidates are sampled.</summary>
    public int? Samples { get; init; }

    /// <summary>Gets the temperature of sampled candidates.</summary>
    public double? Temperature { get; init; }

    /// <summary>Gets the token limit of each call.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Gets the seed of the run. Default 0; the same seed gives the same tokens on backends that allow it.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets the strategy's own settings, as its documentation names them; a misspelt name is an error.</summary>
    public JsonElement? Settings { get; init; }

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">Lists every option that is out of range.</exception>
    public void Validate()
    {
        List<string>? broken = null;
        if (Samples is < 1 or > 1024)
        {
            (broken ??= []).Add($"samples is {Samples}, it must lie in 1 … 1024");
        }

        if (Temperature is { } temperature && !(double.IsFinite(temperature) && temperature >= 0))
        {
            (broken ??= []).Add($"temperature is {temperature}, it must be finite and at least 0");
        }

        if (MaxTokens is < 1)
        {
            (broken ??= []).Add($"maximum tokens is {MaxTokens}, it must be at least 1");
        }

        if (broken is not null)
        {
            throw new ArgumentException("The strategy options are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
