using System.Globalization;
using Agents.Plugins.VerbalizedSampling.Prompting;
using Agents.Reasoning;

namespace Agents.Plugins.VerbalizedSampling.Weights;

/// <summary>Turns weights as models write them into numbers in [0, 1] (papers/51 §2.5) and says what it had to repair.</summary>
public static class WeightReader
{
    /// <summary>Reads a weight.</summary>
    /// <param name="written">As written: <c>0.4</c>, <c>40%</c>, or anything else; null when there is none.</param>
    /// <param name="definition">What the number means.</param>
    /// <returns>The weight in [0, 1] and the repairs.</returns>
    public static (double Weight, WeightRepairs Repairs) Read(string? written, ProbabilityDefinition definition = ProbabilityDefinition.Explicit)
    {
        if (string.IsNullOrWhiteSpace(written))
        {
            return (0, WeightRepairs.Missing);
        }

        ReadOnlySpan<char> text = written.AsSpan().Trim().Trim('"');
        bool percent = text.EndsWith("%");
        if (!double.TryParse(percent ? text[..^1].TrimEnd() : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
        {
            return (0, WeightRepairs.NotANumber);
        }

        if (percent)
        {
            // A percentage is repaired only where another number was asked for.
            (double share, WeightRepairs clamp) = Clamp(value / 100);
            return (share, clamp | (definition == ProbabilityDefinition.Percentage ? WeightRepairs.None : WeightRepairs.Percentage));
        }

        return definition switch
        {
            ProbabilityDefinition.Percentage => Clamp(value / 100),
            ProbabilityDefinition.Perplexity => value > 0 ? Clamp(1 / value) : (0, value < 0 ? WeightRepairs.Negative : WeightRepairs.NotANumber),
            ProbabilityDefinition.Nll => Clamp(Math.Exp(-value)),
            _ => Clamp(value),
        };
    }

    private static (double Weight, WeightRepairs Repairs) Clamp(double value) =>
        value < 0 ? (0, WeightRepairs.Negative) : value > 1 ? (1, WeightRepairs.AboveOne) : (value, WeightRepairs.None);
}
