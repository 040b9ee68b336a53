using Agents.Learning;
using Agents.Models.Decoder;
using Agents.Models.Tests.Decoder;
using Agents.Numerics.Kernels;
using Agents.Training.Backward;
using Agents.Training.Loss;

namespace Agents.Training.Tests.Backward;

/// <summary>The printed losses and gradients of papers/00-model-architecture §13.</summary>
public sealed unsafe class GradientVectorTests : IDisposable
{
    private readonly ReferenceKernels<double> _kernels = new();
    private readonly List<DecoderTrainer<double>> _trainers = [];

    public void Dispose() => _trainers.ForEach(t => t.Dispose());

    private DecoderTrainer<double> Run(string architecture, bool tied, out double loss)
    {
        DecoderTrainer<double> sut = new(SineModel.Create<double>(architecture, tied), _kernels, new DecoderTrainerOptions { MaximumRows = 5 });
        _trainers.Add(sut);
        PackedBatch batch = TestBatches.Single(SineModel.Inputs, SineModel.Targets);
        loss = sut.AccumulateGradients(batch, new CrossEntropyLoss(), TestBatches.Context(batch));
        return sut;
    }

    private static double Norm(DecoderTrainer<double> trainer, string name)
    {
        WeightTensor<double> tensor = trainer.Gradients.ByName[name];
        return Math.Sqrt(new ReferenceKernels<double>().SumOfSquares(tensor.Data, tensor.Length));
    }

    [Theory]
    [InlineData("llama", false, 2.946212374, 7.009953681)]
    [InlineData("llama", true, 2.564753574, 5.901159250)]
    [InlineData("qwen2", true, 2.557114668, 5.905917074)]
    [InlineData("qwen3", true, 2.841445644, 6.742907234)]
    public void AccumulateGradients_Variant_GivesPrintedLossAndNorm(string architecture, bool tied, double loss, double norm)
    {
        DecoderTrainer<double> sut = Run(architecture, tied, out double actual);

        Assert.Equal(loss, actual, 1e-9);
        Assert.Equal(norm, Math.Sqrt(_kernels.SumOfSquares(sut.Gradients.Data, sut.Gradients.Length)), 1e-9);
    }

    [Theory]
    [InlineData("model.embed_tokens.weight", 1.143460553)]
    [InlineData("model.layers.0.self_attn.q_proj.weight", .481612185)]
    [InlineData("model.layers.0.self_attn.k_proj.weight", .467659668)]
    [InlineData("model.layers.0.self_attn.v_proj.weight", .782324626)]
    [InlineData("model.layers.0.self_attn.o_proj.weight", 6.379923317)]
    [InlineData("model.layers.0.mlp.gate_proj.weight", .125886475)]
    [InlineData("model.layers.0.mlp.up_proj.weight", .123862771)]
    [InlineData("model.layers.0.mlp.down_proj.weight", .438545372)]
    [InlineData("model.layers.0.input_layernorm.weight", .274288240)]
    [InlineData("model.layers.1.post_attention_layernorm.weight", .004055756)]
    [InlineData("model.norm.weight", .430783111)]
    [InlineData("lm_head.weight", 1.962919829)]
    public void AccumulateGradients_UntiedLlama_GivesPrintedNormOfEachTensor(string name, double norm)
    {
        DecoderTrainer<double> sut = Run("llama", tied: false, out _);

        Assert.Equal(norm, Norm(sut, name), 1e-9);
    }

    [Fact]
    public void AccumulateGradients_UntiedLlama_GivesPrintedQueryEntries()
    {
        DecoderTrainer<double> sut = Run("llama", tied: false, out _);

        double* gradient = sut.Gradients.Layers[0].Query.Data;
        Assert.Equal(-.0143992, gradient[0], 5e-8);
        Assert.Equal(-.011816, gradient[1], 5e-7);
        Assert.Equal(-.00431763, gradient[2], 5e-9);
    }

    [Theory]
    [InlineData("qwen2", "model.layers.0.self_attn.q_proj.bias", .106478281)]
    [InlineData("qwen2", "model.layers.1.self_attn.v_proj.bias", .075171299)]
    [InlineData("qwen3", "model.layers.0.self_attn.q_norm.weight", .216390153)]
    [InlineData("qwen3", "model.layers.1.self_attn.k_norm.weight", .071602072)]
    public void AccumulateGradients_BiasOrHeadNorm_GivesPrintedNorm(string architecture, string name, double norm)
    {
        DecoderTrainer<double> sut = Run(architecture, tied: true, out _);

        Assert.Equal(norm, Norm(sut, name), 1e-9);
    }
}
