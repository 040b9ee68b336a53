using System.Numerics;
using Agents.Models.Decoder;

namespace Agents.Models.Tests.Decoder;

/// <summary>The tiny model of papers/00-model-architecture §13, whose parameters are sines.</summary>
internal static unsafe class SineModel
{
    public static readonly int[] Inputs = [1, 4, 7, 2, 9];

    public static readonly int[] Targets = [4, 7, 2, 9, 3];

    public static ModelShape Shape(string architecture, bool tied) =>
        ModelShape.Uniform(architecture, 11, 16, 2, new LayerShape(4, 2, 4, 24), 64) with { TiedEmbeddings = tied, RmsNormEpsilon = 1e-5 };

    public static DecoderWeights<T> Create<T>(string architecture, bool tied)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        DecoderWeights<T> weights = new(Shape(architecture, tied));
        int number = 0;
        foreach (WeightTensor<T> tensor in weights.Tensors)
        {
            (int s, double scale, double center) = Numbers(tensor, ref number);
            for (int i = 0; i < tensor.Length; i++)
            {
                tensor.Data[i] = T.CreateTruncating(center + (scale * Math.Sin((0.7 * i) + (1.3 * s))));
            }
        }

        return weights;
    }

    private static (int Number, double Scale, double Center) Numbers<T>(WeightTensor<T> tensor, ref int number)
        where T : unmanaged
    {
        string[] extras = ["q_proj.bias", "k_proj.bias", "v_proj.bias", "q_norm.weight", "k_norm.weight"];
        int extra = Array.FindIndex(extras, suffix => tensor.Name.EndsWith(suffix, StringComparison.Ordinal));
        if (extra >= 0)
        {
            int layer = int.Parse(tensor.Name.Split('.')[2], System.Globalization.CultureInfo.InvariantCulture);
            return (100 + (10 * layer) + extra + 1, 0.1, extra >= 3 ? 1 : 0);
        }

        number++;
        return tensor.IsVector ? (number, 0.1, 1) : (number, 0.25, 0);
    }
}
