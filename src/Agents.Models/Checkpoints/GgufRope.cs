using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Numerics.Formats;

namespace Agents.Models.Checkpoints;

/// <summary>Rotary scaling in GGUF files: metadata for the linear and YaRN rules, a tensor of divisors for the Llama-3 rule.</summary>
internal static class GgufRope
{
    private const double DivisorTolerance = 1e-5;

    public static RopeScaling Read(GgufFile file, string architecture, int headSize)
    {
        if (file.TryGetTensor(GgufTensorNames.RopeDivisors, out GgufTensor? tensor))
        {
            return FromDivisors(file, tensor, architecture, headSize);
        }

        string at = architecture + ".rope.scaling.";
        string kind = file.Metadata.GetString(at + "type", "none");
        double factor = ShortestDecimal.Widen(file.Metadata.GetSingle(at + "factor", 1));
        int original = file.Metadata.GetInt32(at + "original_context_length", 8192);
        return kind switch
        {
            "none" => RopeScaling.None,
            "linear" => new RopeScaling(RopeScalingKind.Linear, factor, original),
            "yarn" => new RopeScaling(RopeScalingKind.Yarn, factor, original),
            _ => throw new ModelFormatException($"{file.Name}: metadata key '{at}type' is '{kind}'; expected none, linear or yarn."),
        };
    }

    public static void WriteMetadata(GgufWriter writer, ModelShape shape)
    {
        RopeScaling scaling = shape.RopeScaling;
        if (scaling.Kind is not (RopeScalingKind.Linear or RopeScalingKind.Yarn))
        {
            return;
        }

        string at = shape.Architecture + ".rope.scaling.";
        writer.AddMetadata(at + "type", GgufValue.Of(scaling.Kind == RopeScalingKind.Linear ? "linear" : "yarn"));
        writer.AddMetadata(at + "factor", GgufValue.Of((float)scaling.Factor));
        writer.AddMetadata(at + "original_context_length", GgufValue.Of((uint)scaling.OriginalContext));
    }

    /// <summary>Returns the divisors that a file needs, or null when the rule is expressed otherwise.</summary>
    public static float[]? Divisors(ModelShape shape)
    {
        RopeScaling scaling = shape.RopeScaling;
        return scaling.Kind switch
        {
            RopeScalingKind.Divisors => [.. scaling.Divisors!],
            RopeScalingKind.Llama3 => Llama3Divisors(shape.RopeTheta, scaling, shape.Layers[0].HeadSize),
            _ => null,
        };
    }

    private static float[] Llama3Divisors(double theta, RopeScaling scaling, int headSize)
    {
        double[] plain = RopeFrequencies.Compute(theta, RopeScaling.None, headSize);
        double[] scaled = RopeFrequencies.Compute(theta, scaling, headSize);
        return [.. plain.Zip(scaled, (p, s) => (float)(p / s))];
    }

    /// <summary>Recognizes the published Llama-3 rule, whose exact form is better than rounded divisors and survives the way to other formats.</summary>
    private static RopeScaling FromDivisors(GgufFile file, GgufTensor tensor, string architecture, int headSize)
    {
        if (tensor.ElementCount != headSize / 2 || tensor.Type != ElementType.F32)
        {
            throw new ModelFormatException(
                $"{file.Name}: tensor '{tensor.Name}' holds {tensor.ElementCount} values of {tensor.Type}; expected {headSize / 2} of F32.");
        }

        var divisors = new float[headSize / 2];
        file.ReadFloats(tensor, divisors);
        RopeScaling published = new(RopeScalingKind.Llama3, divisors[^1]);
        double theta = ShortestDecimal.Widen(file.Metadata.GetSingle(architecture + ".rope.freq_base", 10_000));
        bool matches = divisors[^1] > 1 && theta > 1
            && Llama3Divisors(theta, published, headSize).Zip(divisors, (a, b) => Math.Abs(a - b) <= DivisorTolerance * b).All(near => near);
        return matches ? published : new RopeScaling(RopeScalingKind.Divisors, Divisors: divisors);
    }
}
