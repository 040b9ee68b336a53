using Agents.Models.Decoder;

namespace Agents.Models.Tests.Decoder;

public sealed unsafe class WeightInitializerTests
{
    private static readonly ModelShape Shape = ModelShape.Uniform("qwen2", 200, 64, 8, new LayerShape(4, 2, 16, 96), 64) with { TiedEmbeddings = true };

    [Fact]
    public void Fill_SameStream_GivesTheSameBits()
    {
        using DecoderWeights<float> one = new(Shape);
        using DecoderWeights<float> two = new(Shape);

        WeightInitializer.Fill(one, new SampleStream(7));
        WeightInitializer.Fill(two, new SampleStream(7));

        Assert.True(new ReadOnlySpan<float>(one.Data, (int)one.Length).SequenceEqual(new ReadOnlySpan<float>(two.Data, (int)two.Length)));
    }

    [Fact]
    public void Fill_OtherStream_GivesOtherValues()
    {
        using DecoderWeights<float> one = new(Shape);
        using DecoderWeights<float> two = new(Shape);

        WeightInitializer.Fill(one, new SampleStream(7));
        WeightInitializer.Fill(two, new SampleStream(8));

        Assert.NotEqual(one.Embedding.Data[0], two.Embedding.Data[0]);
    }

    [Theory]
    [InlineData("model.embed_tokens.weight", 0.02)]
    [InlineData("model.layers.3.self_attn.q_proj.weight", 0.02)]
    [InlineData("model.layers.3.self_attn.o_proj.weight", 0.005)]
    [InlineData("model.layers.3.mlp.down_proj.weight", 0.005)]
    public void Fill_Matrices_HaveTheStatedDeviation(string name, double deviation)
    {
        using DecoderWeights<double> weights = new(Shape);

        WeightInitializer.Fill(weights, new SampleStream(1));

        double[] values = new ReadOnlySpan<double>(weights.ByName[name].Data, (int)weights.ByName[name].Length).ToArray();
        Assert.Equal(0, values.Average(), deviation * 0.1);
        Assert.Equal(deviation, Math.Sqrt(values.Average(value => value * value)), deviation * 0.05);
    }

    [Fact]
    public void Fill_Vectors_AreOneOrZero()
    {
        using DecoderWeights<double> weights = new(Shape);

        WeightInitializer.Fill(weights, new SampleStream(1));

        Assert.All(weights.Tensors.Where(tensor => tensor.IsVector), tensor => Assert.Equal(tensor.Name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1, tensor.Data[0]));
    }
}
