using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Training.Optimization;

namespace Agents.Training.Tests.Optimization;

public sealed unsafe class AdamWOptimizerTests
{
    private static readonly ReferenceKernels<double> Kernels = new();

    private static ModelShape Shape(bool tied = false) =>
        ModelShape.Uniform("qwen2", 5, 6, 2, new LayerShape(2, 1, 2, 3), 8) with { TiedEmbeddings = tied };

    [Fact]
    public void Step_ThreeUpdatesOfOneParameter_GivesTheSpecifiedVector()
    {
        using DecoderWeights<double> parameters = new(Shape());
        using DecoderWeights<double> gradients = new(Shape());
        AdamWOptions options = new() { Beta2 = 0.999, WeightDecay = 0.01, MaximumGradientNorm = double.PositiveInfinity };
        using AdamWOptimizer<double> sut = new(parameters, options);
        double* parameter = parameters.Layers[0].Query.Data;
        *parameter = 1;
        double[] expected = [0.998990000100, 0.999346113704, 0.999472810895];
        double[] steps = [.1, -.2, .05];
        for (int i = 0; i < 3; i++)
        {
            gradients.Layers[0].Query.Data[0] = steps[i];

            sut.Step(Kernels, parameters, gradients, 1e-3);

            Assert.Equal(expected[i], *parameter, 1e-12);
        }

        Assert.Equal(3, sut.Updates);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ranges_CoverEverythingAndDecayMatricesOnly(bool decayEmbedding)
    {
        using DecoderWeights<double> parameters = new(Shape());
        using AdamWOptimizer<double> sut = new(parameters, new AdamWOptions { DecayEmbedding = decayEmbedding });

        long end = 0;
        foreach (DecayRange range in sut.Ranges)
        {
            Assert.Equal(end, range.Offset);
            end += range.Count;
        }

        Assert.Equal(parameters.Length, end);
        foreach (WeightTensor<double> tensor in parameters.Tensors)
        {
            bool expected = !tensor.IsVector && (decayEmbedding || tensor.Name != "model.embed_tokens.weight");
            DecayRange range = sut.Ranges.Single(r => tensor.Offset >= r.Offset && tensor.Offset < r.Offset + r.Count);
            Assert.True(expected == range.Decays, tensor.Name);
            Assert.True(tensor.Offset + tensor.Length <= range.Offset + range.Count, tensor.Name);
        }
    }

    [Fact]
    public void Step_WithoutGradient_ShrinksMatricesAndKeepsNorms()
    {
        using DecoderWeights<double> parameters = new(Shape());
        using DecoderWeights<double> gradients = new(Shape());
        using AdamWOptimizer<double> sut = new(parameters, new AdamWOptions { WeightDecay = 0.5 });
        parameters.Layers[1].Up.Data[2] = 2;
        parameters.Layers[1].PostNorm.Data[1] = 2;
        parameters.Embedding.Data[3] = 2;

        sut.Step(Kernels, parameters, gradients, 0.1);

        Assert.Equal(2 - (0.1 * 0.5 * 2), parameters.Layers[1].Up.Data[2], 1e-15);
        Assert.Equal(2.0, parameters.Layers[1].PostNorm.Data[1]);
        Assert.Equal(2.0, parameters.Embedding.Data[3]);
    }

    [Fact]
    public void Step_LargeGradient_IsClippedToTheNorm()
    {
        using DecoderWeights<double> parameters = new(Shape());
        using DecoderWeights<double> gradients = new(Shape());
        using AdamWOptimizer<double> sut = new(parameters, new AdamWOptions { MaximumGradientNorm = 2 });
        gradients.FinalNorm.Data[0] = 30;
        gradients.Embedding.Data[4] = 40;

        double norm = sut.Step(Kernels, parameters, gradients, 0.1);

        double scale = 2 / (50 + 1e-6);
        Assert.Equal(50, norm, 1e-12);
        Assert.Equal(0.1 * 30 * scale, sut.FirstMoments[parameters.FinalNorm.Offset], 1e-12);
        Assert.Equal(0.1 * 40 * scale, sut.FirstMoments[4], 1e-12);
    }

    [Fact]
    public void Step_SmallGradient_IsNotScaled()
    {
        using DecoderWeights<double> parameters = new(Shape());
        using DecoderWeights<double> gradients = new(Shape());
        using AdamWOptimizer<double> sut = new(parameters, new AdamWOptions());
        gradients.FinalNorm.Data[0] = 0.25;

        sut.Step(Kernels, parameters, gradients, 0.1);

        Assert.Equal(0.1 * 0.25, sut.FirstMoments[parameters.FinalNorm.Offset], 1e-16);
    }

    [Fact]
    public void Step_GradientIsNoNumber_ChangesNothing()
    {
        using DecoderWeights<double> parameters = new(Shape());
        using DecoderWeights<double> gradients = new(Shape());
        using AdamWOptimizer<double> sut = new(parameters, new AdamWOptions());
        parameters.Embedding.Data[0] = 7;
        gradients.Embedding.Data[0] = double.NaN;

        double norm = sut.Step(Kernels, parameters, gradients, 0.1);

        Assert.True(double.IsNaN(norm));
        Assert.Equal(7.0, parameters.Embedding.Data[0]);
        Assert.Equal(0, sut.Updates);
    }

    [Fact]
    public void Validate_SeveralSettingsOutOfRange_NamesAll()
    {
        AdamWOptions sut = new() { Beta1 = 1, Beta2 = -1, Epsilon = 0, WeightDecay = double.NaN, MaximumGradientNorm = 0 };

        ArgumentException error = Assert.Throws<ArgumentException>(sut.Validate);

        Assert.All(new[] { "beta1", "beta2", "epsilon", "weight decay", "gradient norm" }, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }
}
