using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Agents.Models.Decoder;

/// <summary>Hashes what decides a model's numbers: its shape and the stored bytes of every tensor. The same values in the same element types give the same hash whatever file they came from.</summary>
public static class WeightHash
{
    /// <summary>Computes SHA-256 over the shape and the digests of all tensors.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="weights">Parameters.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Compute<T>(DecoderWeights<T> weights)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(weights);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Describe(weights.Shape)));
        foreach (WeightTensor<T> tensor in weights.Tensors)
        {
            hash.AppendData(tensor.Digest ?? TensorDigest.Compute(tensor));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Describe(ModelShape shape)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{shape.Architecture} {shape.VocabularySize} {shape.HiddenSize} {shape.RmsNormEpsilon:R} {shape.RopeTheta:R} {shape.TiedEmbeddings} ");
        RopeScaling rope = shape.RopeScaling;
        text.Append(CultureInfo.InvariantCulture, $"{rope.Kind} {rope.Factor:R} {rope.OriginalContext} {rope.LowFactor:R} {rope.HighFactor:R} ");
        foreach (float divisor in rope.Divisors ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"{divisor:R} ");
        }

        foreach (LayerShape layer in shape.Layers)
        {
            text.Append(CultureInfo.InvariantCulture, $"{layer.Heads} {layer.KeyValueHeads} {layer.HeadSize} {layer.FeedForwardSize} ");
        }

        return text.ToString();
    }
}
