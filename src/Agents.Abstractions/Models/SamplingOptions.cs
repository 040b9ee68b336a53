namespace Agents.Models;

/// <summary>How the next token is drawn. Defaults draw from the plain distribution.</summary>
public sealed record SamplingOptions
{
    /// <summary>Gets greedy decoding.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Gets the temperature. Default 1; 0 means greedy.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Gets how many of the most likely tokens are kept. Default 0, which keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Gets the cumulative probability that is kept. Default 1, which keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Gets the least probability relative to the most likely token. Default 0, which keeps all.</summary>
    public double MinP { get; init; }

    /// <summary>Gets the mass kept by locally typical sampling. Default 1, which keeps all.</summary>
    public double TypicalP { get; init; } = 1;

    /// <summary>Gets the factor that weakens tokens seen in the context. Default 1, which changes nothing.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Gets the amount subtracted per earlier occurrence. Default 0.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Gets the amount subtracted once for any earlier occurrence. Default 0.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Gets how many recent tokens the penalties look at. Default 64.</summary>
    public int PenaltyWindow { get; init; } = 64;

    /// <summary>Gets the order of the chain. Default <see cref="SamplerOrder.TruncateThenTemper"/> (llama.cpp).</summary>
    public SamplerOrder Order { get; init; }

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">Lists every setting that is out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        void Require(bool holds, string sentence)
        {
            if (!holds)
            {
                broken.Add(sentence);
            }
        }

        Require(double.IsFinite(Temperature) && Temperature >= 0, $"temperature {Temperature} must be finite and at least 0");
        Require(TopK >= 0, $"top-k {TopK} must be at least 0");
        Require(TopP is > 0 and <= 1, $"top-p {TopP} must lie in (0, 1]");
        Require(MinP is >= 0 and < 1, $"min-p {MinP} must lie in [0, 1)");
        Require(TypicalP is > 0 and <= 1, $"typical-p {TypicalP} must lie in (0, 1]");
        Require(double.IsFinite(RepetitionPenalty) && RepetitionPenalty > 0, $"repetition penalty {RepetitionPenalty} must be finite and positive");
        Require(double.IsFinite(FrequencyPenalty) && double.IsFinite(PresencePenalty), "frequency and presence penalties must be finite");
        Require(PenaltyWindow >= 0, $"penalty window {PenaltyWindow} must be at least 0");
        if (broken.Count > 0)
        {
            throw new ArgumentException("The sampling options are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
