using Agents.Numerics.Formats;
using Agents.Numerics.Formats.Search;
using static Agents.Numerics.Tests.Formats.FormatSamples;

namespace Agents.Numerics.Tests.Formats;

/// <summary>The vectorised searches against the plain loops of papers/00-quantization-baselines §5: the same bits, since each sum has the same order.</summary>
public class ScaleSearchTests
{
    [Theory]
    [InlineData(15, -1f, 20, false, 32)]
    [InlineData(31, -0.5f, 15, false, 32)]
    [InlineData(3, -0.5f, 15, true, 16)]
    public void AffineSearch_RandomBlocks_EqualsThePlainLoop(int levels, float start, int steps, bool absolute, int length)
    {
        AffineScaleSearch search = new(levels, start, steps, absolute);
        int wins = 0;
        for (uint seed = 1; seed <= 2000; seed++)
        {
            float[] values = Noise(length, seed % 3 == 0 ? 0.02f : 5f, seed);
            if (seed % 5 == 0)
            {
                values = [.. values.Select(value => value + 20f)];
            }

            float[] weights = [.. values.Select(value => MathF.Abs(value) + (absolute ? 0 : 1f))];
            var codes = new byte[length];
            float scale = search.Find(values, weights, codes, out float offset);

            (float expectedScale, float expectedOffset, byte[] expectedCodes, int kept) = Plain(values, weights, levels, start, steps, absolute);
            wins += kept;
            Assert.Equal(expectedScale, scale);
            Assert.Equal(expectedOffset, offset);
            Assert.Equal(expectedCodes, codes);
        }

        // Otherwise the candidates after the first would never have been tested.
        Assert.True(wins > 2000, $"{wins} candidates were kept.");
    }

    [Fact]
    public void SymmetricSearch_RandomBlocks_EqualsThePlainLoop()
    {
        for (uint seed = 1; seed <= 3000; seed++)
        {
            float[] values = Noise(16, seed % 2 == 0 ? 0.01f : 30f, seed);
            var codes = new byte[16];

            float scale = SymmetricScaleSearch.Find(values, codes, 32);

            (float expectedScale, byte[] expectedCodes) = Plain(values, 32);
            Assert.Equal(expectedScale, scale);
            Assert.Equal(expectedCodes, codes);
        }
    }

    [Fact]
    public void SymmetricDescent_RandomBlocks_IsNoWorseThanPlainRounding()
    {
        for (uint seed = 1; seed <= 500; seed++)
        {
            float[] values = Noise(16, 1f, seed);
            var codes = new byte[16];

            float scale = SymmetricScaleDescent.Find(values, codes, 4);

            float extreme = values.MaxBy(MathF.Abs);
            Assert.True(Error(values, scale, [.. codes.Select(code => code - 4)]) <= 1.0001 * Error(values, extreme / -4, [.. values.Select(value => (int)Math.Clamp(MathF.Round(value * -4 / extreme), -4, 3))]));
        }
    }

    [Fact]
    public void NearestInteger_TiesAndEdges_RoundToEvenInsideTheRange()
    {
        float[] values = [-1e30f, -2.5f, -1.5f, -0.5f, 0.5f, 0.49999997f, 1.5f, 2.5f, 1e30f, float.PositiveInfinity];

        Assert.Equal([-3, -2, -2, 0, 0, 0, 2, 2, 9, 9], values.Select(value => NearestInteger.Clamped(value, -3, 9)));
    }

    [Fact]
    public void NonlinearLevels_AllNeighbourhoods_AreTheNearestAndTiesGoUp()
    {
        ReadOnlySpan<sbyte> levels = NonlinearLevels.Values;
        for (float value = -140; value <= 140; value += 0.125f)
        {
            int best = 0;
            for (int level = 1; level < 16; level++)
            {
                best = MathF.Abs(levels[level] - value) <= MathF.Abs(levels[best] - value) ? level : best;
            }

            Assert.Equal(best, NonlinearLevels.Nearest(value));
        }

        Assert.Equal(0, NonlinearLevels.Nearest(float.NegativeInfinity));
        Assert.Equal(15, NonlinearLevels.Nearest(float.PositiveInfinity));
    }

    private static double Error(float[] values, float scale, int[] codes) =>
        values.Zip(codes, (x, code) => (double)x * x * Math.Pow(x - (scale * (double)code), 2)).Sum();

    private static int Round(float value, int low, int high) => (int)Math.Clamp(MathF.Round(value, MidpointRounding.ToEven), low, high);

    private static (float Scale, float Offset, byte[] Codes, int Kept) Plain(float[] x, float[] w, int n, float start, int steps, bool absolute)
    {
        float low = MathF.Min(x.Min(), 0);
        float high = x.Max();
        float weights = 0;
        float weighted = 0;
        for (int i = 0; i < x.Length; i++)
        {
            weights += w[i];
            weighted += w[i] * x[i];
        }

        float inverse = n / (high - low);
        float scale = 1 / inverse;
        float m = low;
        int[] codes = [.. x.Select(value => Round(inverse * (value - low), 0, n))];
        float best = Errors(x, w, codes, scale, m, absolute);
        int kept = 0;
        for (int step = 0; step <= steps; step++)
        {
            float candidate = (start + (0.1f * step) + n) / (high - m);
            int[] tried = [.. x.Select(value => Round(candidate * (value - m), 0, n))];
            float l = 0;
            float l2 = 0;
            float xl = 0;
            for (int i = 0; i < x.Length; i++)
            {
                l += w[i] * tried[i];
                l2 += w[i] * tried[i] * tried[i];
                xl += w[i] * tried[i] * x[i];
            }

            float determinant = (weights * l2) - (l * l);
            if (!(determinant > 0))
            {
                continue;
            }

            float fitted = ((weights * xl) - (weighted * l)) / determinant;
            float minimum = ((l2 * weighted) - (l * xl)) / determinant;
            if (minimum > 0)
            {
                minimum = 0;
                fitted = xl / l2;
            }

            float error = Errors(x, w, tried, fitted, minimum, absolute);
            if (error < best)
            {
                (best, scale, m, codes) = (error, fitted, minimum, tried);
                kept++;
            }
        }

        return (scale, -m, [.. codes.Select(code => (byte)code)], kept);
    }

    private static float Errors(float[] x, float[] w, int[] codes, float scale, float minimum, bool absolute)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            float difference = (scale * codes[i]) + minimum - x[i];
            sum += w[i] * (absolute ? MathF.Abs(difference) : difference * difference);
        }

        return sum;
    }

    private static (float Scale, byte[] Codes) Plain(float[] x, int n)
    {
        float v = x.MaxBy(MathF.Abs);
        float scale = 0;
        float best = -1;
        int[] codes = [];
        foreach (int step in Enumerable.Range(-9, 19).Where(step => step != 0).Prepend(0))
        {
            float inverse = step == 0 ? -n / v : -(n + (0.1f * step)) / v;
            int[] tried = [.. x.Select(value => Round(inverse * value, -n, n - 1))];
            float products = 0;
            float squares = 0;
            for (int i = 0; i < x.Length; i++)
            {
                products += x[i] * x[i] * x[i] * tried[i];
                squares += x[i] * x[i] * tried[i] * tried[i];
            }

            if (best < 0 || (squares > 0 && products * products > best * squares))
            {
                scale = products / squares;
                best = scale * products;
                codes = tried;
            }
        }

        return (scale, [.. codes.Select(code => (byte)(code + n))]);
    }
}
