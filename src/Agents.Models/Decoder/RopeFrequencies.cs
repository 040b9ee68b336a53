namespace Agents.Models.Decoder;

/// <summary>Rotary frequencies per pair of components, with the scaling rules of papers/00-model-architecture §3.</summary>
public static class RopeFrequencies
{
    /// <summary>Pairs that turn more often than this within the original context are not interpolated (YaRN).</summary>
    private const double YarnFast = 32;

    /// <summary>Pairs that turn less often than this within the original context are interpolated fully (YaRN).</summary>
    private const double YarnSlow = 1;

    /// <summary>Computes the angle per position of every pair.</summary>
    /// <param name="theta">Base of the frequencies, above 1.</param>
    /// <param name="scaling">How frequencies are stretched.</param>
    /// <param name="headSize">Width of a head, even.</param>
    /// <returns>[head size / 2].</returns>
    /// <exception cref="ArgumentException">A number makes no sense, or the number of divisors is not half the head size.</exception>
    public static double[] Compute(double theta, RopeScaling scaling, int headSize)
    {
        ArgumentNullException.ThrowIfNull(scaling);
        Require(theta, scaling, headSize);
        var frequencies = new double[headSize / 2];
        for (int j = 0; j < frequencies.Length; j++)
        {
            double plain = Math.Pow(theta, -2.0 * j / headSize);
            frequencies[j] = scaling.Kind switch
            {
                RopeScalingKind.Linear => plain / scaling.Factor,
                RopeScalingKind.Llama3 => Llama3(plain, scaling),
                RopeScalingKind.Yarn => Yarn(plain, j, theta, scaling, headSize),
                RopeScalingKind.Divisors => plain / scaling.Divisors![j],
                _ => plain,
            };
        }

        return frequencies;
    }

    /// <summary>Factor on cosines and sines: 1 except for YaRN.</summary>
    /// <param name="scaling">How frequencies are stretched.</param>
    public static double Magnitude(RopeScaling scaling)
    {
        ArgumentNullException.ThrowIfNull(scaling);
        return scaling.Kind == RopeScalingKind.Yarn ? (0.1 * Math.Log(scaling.Factor)) + 1 : 1;
    }

    private static double Llama3(double plain, RopeScaling scaling)
    {
        double wavelength = 2 * Math.PI / plain;
        if (wavelength < scaling.OriginalContext / scaling.HighFactor)
        {
            return plain;
        }

        if (wavelength > scaling.OriginalContext / scaling.LowFactor)
        {
            return plain / scaling.Factor;
        }

        double share = ((scaling.OriginalContext / wavelength) - scaling.LowFactor) / (scaling.HighFactor - scaling.LowFactor);
        return ((1 - share) * plain / scaling.Factor) + (share * plain);
    }

    private static double Yarn(double plain, int pair, double theta, RopeScaling scaling, int headSize)
    {
        double low = Math.Clamp(Math.Floor(PairThatTurns(YarnFast, theta, scaling, headSize)), 0, headSize - 1);
        double high = Math.Clamp(Math.Ceiling(PairThatTurns(YarnSlow, theta, scaling, headSize)), 0, headSize - 1);

        // Equal bounds make the ramp a step.
        double width = Math.Max(high - low, 0.001);
        double kept = 1 - Math.Clamp((pair - low) / width, 0, 1);
        return (plain / scaling.Factor * (1 - kept)) + (plain * kept);
    }

    private static double PairThatTurns(double turns, double theta, RopeScaling scaling, int headSize) =>
        headSize * Math.Log(scaling.OriginalContext / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));

    private static void Require(double theta, RopeScaling scaling, int headSize)
    {
        if (headSize <= 0 || headSize % 2 != 0)
        {
            throw new ArgumentException($"The head size {headSize} must be positive and even.", nameof(headSize));
        }

        if (!(theta > 1) || !double.IsFinite(theta))
        {
            throw new ArgumentException($"The RoPE base {theta} must be finite and exceed 1.", nameof(theta));
        }

        if (scaling.Kind is RopeScalingKind.Linear or RopeScalingKind.Llama3 or RopeScalingKind.Yarn
            && (!(scaling.Factor > 0) || !double.IsFinite(scaling.Factor) || scaling.OriginalContext <= 0))
        {
            throw new ArgumentException(
                $"RoPE scaling '{scaling.Kind}' has factor {scaling.Factor} and original context {scaling.OriginalContext}; both must be positive.", nameof(scaling));
        }

        if (scaling.Kind == RopeScalingKind.Llama3 && !(scaling.LowFactor > 0 && scaling.HighFactor > scaling.LowFactor))
        {
            throw new ArgumentException(
                $"RoPE scaling 'Llama3' has low factor {scaling.LowFactor} and high factor {scaling.HighFactor}; expected 0 < low < high.", nameof(scaling));
        }

        if (scaling.Kind == RopeScalingKind.Divisors)
        {
            IReadOnlyList<float> divisors = scaling.Divisors ?? [];
            if (divisors.Count != headSize / 2 || divisors.Any(divisor => !(divisor > 0) || !float.IsFinite(divisor)))
            {
                throw new ArgumentException(
                    $"RoPE scaling has {divisors.Count} divisors for heads of {headSize}; expected {headSize / 2} positive numbers.", nameof(scaling));
            }
        }
    }
}
