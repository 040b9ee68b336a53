using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Learning;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Training.Backward;
using Agents.Training.Loss;
using Agents.Training.Optimization;
using Agents.Training.Tests.Backward;

namespace Agents.Training.Tests.Oracles;

/// <summary>Loss, every gradient and a few updates against PyTorch's automatic differentiation. Needs a Python with torch, so it is opt-in.</summary>
public sealed class PyTorchOracleTests
{
    private const int Updates = 10;
    private const double LearningRate = 0.01;
    private static readonly CrossEntropyLoss Loss = new();

    [Theory]
    [InlineData("llama", false, false)]
    [InlineData("llama", true, false)]
    [InlineData("qwen2", false, false)]
    [InlineData("qwen2", true, true)]
    [InlineData("qwen3", false, true)]
    [InlineData("qwen3", true, false)]
    public async Task AccumulateGradients_AgainstPyTorch_Agrees(string architecture, bool tied, bool masked)
    {
        string python = PyTorchProcess.RequirePython();
        ModelShape shape = GradientCheckTests.Shape(architecture, tied);
        using DecoderTrainer<double> sut = GradientCheckTests.Trainer(shape);
        PackedBatch batch = TestBatches.Packed(shape.VocabularySize, 5, 9, 1, 14, 4);
        batch = masked ? TestBatches.WithRandomMask(batch, 3) : batch;
        JsonNode response = await PyTorchProcess.AskAsync(python, "decoder_oracle.py", Request(sut, batch), TestContext.Current.CancellationToken);

        double loss = sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));

        Assert.Equal(response["loss"]!.GetValue<double>(), loss, 1e-11);
        foreach (WeightTensor<double> tensor in sut.Gradients.Tensors)
        {
            double[] expected = response["gradients"]![tensor.Name]!.Deserialize<double[]>()!;
            double[] actual = Values(tensor);
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-11, $"{tensor.Name}[{i}]: {expected[i]:R} {actual[i]:R}");
            }
        }

        double[] losses = response["losses"]!.Deserialize<double[]>()!;
        Assert.Equal(Updates, losses.Length);
        for (int i = 0; i < Updates; i++)
        {
            Assert.Equal(losses[i], loss, 1e-9);
            sut.ApplyGradients(LearningRate);
            loss = sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
        }
    }

    private static unsafe double[] Values(WeightTensor<double> tensor) => new ReadOnlySpan<double>(tensor.Data, (int)tensor.Length).ToArray();

    private static JsonObject Request(DecoderTrainer<double> trainer, PackedBatch batch)
    {
        ModelShape shape = trainer.Shape;
        AdamWOptions adamW = trainer.Options.Optimizer;
        JsonObject tensors = [];
        foreach (WeightTensor<double> tensor in trainer.Weights.Tensors)
        {
            int[] sizes = tensor.IsVector ? [tensor.Columns] : [tensor.Rows, tensor.Columns];
            tensors[tensor.Name] = JsonSerializer.SerializeToNode(new { shape = sizes, values = Values(tensor) });
        }

        return new JsonObject
        {
            ["shape"] = JsonSerializer.SerializeToNode(new
            {
                epsilon = shape.RmsNormEpsilon,
                theta = shape.RopeTheta,
                layers = shape.Layers.Select(l => new { heads = l.Heads, keyValueHeads = l.KeyValueHeads, headSize = l.HeadSize }),
            }),
            ["tensors"] = tensors,
            ["tokens"] = JsonSerializer.SerializeToNode(batch.TokenIds),
            ["positions"] = JsonSerializer.SerializeToNode(batch.Positions),
            ["targets"] = JsonSerializer.SerializeToNode(batch.Targets),
            ["weights"] = JsonSerializer.SerializeToNode(batch.Weights.Select(w => (double)w)),
            ["sequenceStarts"] = JsonSerializer.SerializeToNode(batch.SequenceStarts),
            ["mask"] = JsonSerializer.SerializeToNode(batch.Mask?.Select(m => (int)m)),
            ["optimizer"] = JsonSerializer.SerializeToNode(new
            {
                learningRate = LearningRate,
                beta1 = adamW.Beta1,
                beta2 = adamW.Beta2,
                epsilon = adamW.Epsilon,
                weightDecay = adamW.WeightDecay,
                maximumGradientNorm = adamW.MaximumGradientNorm,
                updates = Updates,
            }),
        };
    }
}
