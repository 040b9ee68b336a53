using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Tests.Decoder;

/// <summary>Where the forward pass calls linear extensions and residual taps.</summary>
public sealed unsafe class ExtensionAndTapTests
{
    private static readonly int[] s_ids = [3, 1, 4, 1, 5];

    [Fact]
    public void Run_WithExtension_CallsItForEveryLinearLayerInOrder()
    {
        using Bench bench = new();
        Recorder recorder = new();
        bench.Forward.Extension = recorder;

        bench.Run([4, 1]);

        string[] layer = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"];
        IEnumerable<string> expected = Enumerable.Range(0, bench.Weights.Layers.Length)
            .SelectMany(index => layer.Select(name => $"model.layers.{index}.{name}.weight 5 []"))
            .Append("lm_head.weight 2 [4,1]");
        Assert.Equal(expected, recorder.Calls);
    }

    [Fact]
    public void Run_ExtensionOnOneRow_LeavesEarlierRowsAlone()
    {
        using Bench bench = new();
        float[] plain = bench.Run([0, 1, 2, 3, 4]);
        bench.Forward.Extension = new Recorder { Row = 2, Name = "model.layers.0.mlp.up_proj.weight" };

        float[] changed = bench.Run([0, 1, 2, 3, 4]);

        // Attention is causal: row 2 changes itself and what comes after it.
        int vocabulary = bench.Weights.Shape.VocabularySize;
        Assert.Equal(plain[..(2 * vocabulary)], changed[..(2 * vocabulary)]);
        Assert.NotEqual(plain[(2 * vocabulary)..(3 * vocabulary)], changed[(2 * vocabulary)..(3 * vocabulary)]);
        bench.Forward.Extension = null;
        Assert.Equal(plain, bench.Run([0, 1, 2, 3, 4]));
    }

    [Fact]
    public void Run_WithTap_ShowsTheEmbeddingAndEveryLayer()
    {
        using Bench bench = new();
        Tap tap = new();
        bench.Forward.Tap = tap;

        bench.Run([4]);

        Assert.Equal(Enumerable.Range(-1, bench.Weights.Layers.Length + 1), tap.Layers);
        Assert.Equal([0, 1, 2, 3, 4], tap.Positions);
        MatrixView<float> embedding = bench.Weights.Embedding.View;
        Assert.Equal(new ReadOnlySpan<float>(embedding.Row(s_ids[4]), embedding.Columns), tap.LastRows[0]);
        Assert.Equal(new ReadOnlySpan<float>(bench.Forward.Residual(5).Row(4), embedding.Columns), tap.LastRows[^1]);
    }

    [Fact]
    public void Run_TapThatWrites_SteersTheRest()
    {
        using Bench bench = new();
        float[] plain = bench.Run([4]);
        bench.Forward.Tap = new Tap { Push = 0.5f };

        Assert.NotEqual(plain, bench.Run([4]));
    }

    [Fact]
    public void Hidden_OfRows_IsTheInputOfTheHead()
    {
        using Bench bench = new();
        float[] logits = bench.Run([3]);

        MatrixView<float> hidden = bench.Forward.Hidden([3], s_ids.Length);
        WeightTensor<float> head = bench.Weights.Head;
        double sum = 0;
        for (int i = 0; i < hidden.Columns; i++)
        {
            sum += (double)hidden.Data[i] * head.View.Row(7)[i];
        }

        Assert.Equal(logits[7], sum, 1e-5);
    }

    private sealed class Bench : IDisposable
    {
        private readonly RopeTables<float> _rope;
        private readonly PackedAttentionPlan<float> _plan = new();

        public Bench()
        {
            Weights = SineModel.Create<float>("llama", tied: false);
            _rope = new RopeTables<float>(Weights.Shape);
            Forward = new DecoderForward<float>(Weights, new ReferenceKernels<float>(), _rope, s_ids.Length, s_ids.Length);
        }

        public DecoderWeights<float> Weights { get; }

        public DecoderForward<float> Forward { get; }

        public float[] Run(int[] logitRows)
        {
            _plan.SetBatch(s_ids.Length, [0]);
            MatrixView<float> logits = Forward.Run(s_ids, [0, 1, 2, 3, 4], _plan, logitRows);
            return new ReadOnlySpan<float>(logits.Data, logits.Rows * logits.Columns).ToArray();
        }

        public void Dispose()
        {
            Forward.Dispose();
            _plan.Dispose();
            _rope.Dispose();
            Weights.Dispose();
        }
    }

    private sealed class Recorder : ILinearExtension<float>
    {
        public List<string> Calls { get; } = [];

        public int Row { get; init; } = -1;

        public string? Name { get; init; }

        public void Apply(IKernels<float> kernels, WeightTensor<float> weight, ReadOnlySpan<int> rows, MatrixView<float> x, MatrixView<float> y)
        {
            Assert.Equal(weight.Columns, x.Columns);
            Assert.Equal(weight.Rows, y.Columns);
            Calls.Add($"{weight.Name} {y.Rows} [{string.Join(',', rows.ToArray())}]");
            if (weight.Name == Name)
            {
                y.Row(Row)[0] += 1;
            }
        }
    }

    private sealed class Tap : IResidualTap<float>
    {
        public List<int> Layers { get; } = [];

        public List<float[]> LastRows { get; } = [];

        public int[] Positions { get; private set; } = [];

        public float Push { get; init; }

        public void Visit(int layer, ReadOnlySpan<int> positions, MatrixView<float> residual)
        {
            Layers.Add(layer);
            Positions = positions.ToArray();
            LastRows.Add(new ReadOnlySpan<float>(residual.Row(residual.Rows - 1), residual.Columns).ToArray());
            residual.Row(residual.Rows - 1)[0] += Push;
        }
    }
}
