using Agents.Models.Adapters;
using Agents.Models.Decoder;

namespace Agents.Models.Tests.Adapters;

/// <summary>Adapters with random factors that depend on a seed only.</summary>
internal static class SeededAdapter
{
    /// <summary>Factors for every linear layer of a model, large enough to change what it says.</summary>
    public static LoraAdapter Create(ModelShape shape, ulong seed, int rank = 3, double alpha = 6, bool stabilized = false, Func<string, bool>? only = null, float spread = 0.2f) =>
        Create(shape, seed, rank, alpha, stabilized, only, spread, null);

    /// <summary>The same factors with magnitudes around a number.</summary>
    public static LoraAdapter CreateDora(ModelShape shape, ulong seed, int rank = 3, double alpha = 6, bool stabilized = false, Func<string, bool>? only = null, float magnitude = 1) =>
        Create(shape, seed, rank, alpha, stabilized, only, 0.2f, magnitude);

    private static LoraAdapter Create(ModelShape shape, ulong seed, int rank, double alpha, bool stabilized, Func<string, bool>? only, float spread, float? magnitude)
    {
        SampleStream stream = new(seed);
        List<LoraMatrices> matrices = [];
        foreach (TensorPlan plan in TensorPlan.Of(shape))
        {
            if (plan.Rows == 1 || plan.Name == "model.embed_tokens.weight" || only?.Invoke(plan.Name) == false)
            {
                continue;
            }

            LoraMatrices factors = new(plan.Name, rank, plan.Columns, plan.Rows, LoraAdapter.ScaleOf(alpha, rank, stabilized), magnitude is not null);
            Fill(factors.AValues, ref stream, spread);
            Fill(factors.BValues, ref stream, spread);
            for (int i = 0; i < factors.MagnitudeValues.Length; i++)
            {
                factors.MagnitudeValues[i] = magnitude!.Value * (1 + (0.3f * MathF.Sin(i)));
            }

            matrices.Add(factors);
        }

        return new LoraAdapter($"seeded-{seed}", matrices, alpha, stabilized);
    }

    public static float[][] Values(LoraAdapter adapter) =>
        [.. adapter.Matrices.SelectMany(factor => new[] { factor.AValues.ToArray(), factor.BValues.ToArray(), [factor.Scale] })];

    private static void Fill(Span<float> values, ref SampleStream stream, float spread)
    {
        foreach (ref float value in values)
        {
            value = spread * (float)stream.NextNormal();
        }
    }
}
