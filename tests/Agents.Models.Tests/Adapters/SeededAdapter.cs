using Agents.Models.Adapters;
using Agents.Models.Decoder;

namespace Agents.Models.Tests.Adapters;

/// <summary>Adapters with random factors that depend on a seed only.</summary>
internal static class SeededAdapter
{
    /// <summary>Factors for every linear layer of a model, large enough to change what it says.</summary>
    public static LoraAdapter Create(ModelShape shape, ulong seed, int rank = 3, double alpha = 6, bool stabilized = false, Func<string, bool>? only = null, float spread = 0.2f)
    {
        SampleStream stream = new(seed);
        List<LoraMatrices> matrices = [];
        foreach (TensorPlan plan in TensorPlan.Of(shape))
        {
            if (plan.Rows == 1 || plan.Name == "model.embed_tokens.weight" || only?.Invoke(plan.Name) == false)
            {
                continue;
            }

            LoraMatrices factors = new(plan.Name, rank, plan.Columns, plan.Rows, LoraAdapter.ScaleOf(alpha, rank, stabilized));
            Fill(factors.AValues, ref stream, spread);
            Fill(factors.BValues, ref stream, spread);
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
