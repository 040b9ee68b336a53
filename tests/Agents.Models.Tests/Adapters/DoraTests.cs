using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Models.Safetensors;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Tests.Adapters;

/// <summary>Adapters with magnitudes: rows of a batch, registry, files.</summary>
public sealed unsafe class DoraTests : IDisposable
{
    private const string Query = "model.layers.1.self_attn.q_proj.weight";
    private const string StoredMagnitude = "base_model.model.model.layers.1.self_attn.q_proj.lora_magnitude_vector";
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-dora-").FullName;
    private readonly ReferenceKernels<float> _kernels = new();

    private string PeftPath => Path.Combine(_folder, "peft");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Apply_MixtureOfDoraAndLora_AddsTheChangeOfEachTimesItsShare()
    {
        using DecoderWeights<float> weights = SeededModel.Weights("qwen2");
        using AdapterRegistry registry = new(weights, _kernels);
        registry.Add("dora", SeededAdapter.CreateDora(weights.Shape, 1, stabilized: true));
        registry.Add("other", SeededAdapter.CreateDora(weights.Shape, 2, rank: 5));
        registry.Add("lora", SeededAdapter.Create(weights.Shape, 3));
        using AdapterMixture one = registry.Resolve([new AdapterUse("dora")])!;
        using AdapterMixture all = registry.Resolve([new AdapterUse("dora", 0.5), new AdapterUse("lora", -1), new AdapterUse("other", 2)])!;
        WeightTensor<float> weight = weights.ByName[Query];
        float* bias = weights.Layers[1].QueryBias!.Data;
        using AlignedBuffer<float> x = Random(4 * weight.Columns, 3);
        using AlignedBuffer<float> y = new(4 * weight.Rows);
        MatrixView<float> input = new(x.Data, 4, weight.Columns);
        MatrixView<float> output = new(y.Data, 4, weight.Rows);
        _kernels.MultiplyTransposed(input, weight.View, output, accumulate: false);
        _kernels.AddRow(bias, output);
        float[] before = y.Span.ToArray();
        using AdapterRows rows = new();
        rows.Add(one, 2);
        rows.Add(null, 1);
        rows.Add(all, 1);

        rows.Apply(_kernels, weight, [], input, output);

        for (int row = 0; row < 4; row++)
        {
            double[] change = row switch { 0 or 1 => Change(one, weight, input.Row(row)), 3 => Change(all, weight, input.Row(row)), _ => new double[weight.Rows] };
            for (int i = 0; i < weight.Rows; i++)
            {
                Assert.Equal(before[(row * weight.Rows) + i] + change[i], y.Span[(row * weight.Rows) + i], 2e-4);
            }
        }

        Assert.Equal(before.AsSpan(2 * weight.Rows, weight.Rows), y.Span.Slice(2 * weight.Rows, weight.Rows));
        Assert.NotEqual(before[0], y.Span[0]);
    }

    [Fact]
    public void Apply_MagnitudesOfTheBaseAndNoFactors_KeepsEveryBit()
    {
        using DecoderWeights<float> weights = SeededModel.Weights("qwen2");
        WeightTensor<float> weight = weights.ByName[Query];
        LoraMatrices factors = new(Query, 2, weight.Columns, weight.Rows, 1, hasMagnitude: true);
        for (int row = 0; row < weight.Rows; row++)
        {
            factors.MagnitudeValues[row] = (float)Math.Sqrt(_kernels.SumOfSquares(weight.View.Row(row), weight.Columns));
        }

        using AdapterRegistry registry = new(weights, _kernels);
        registry.Add("a", new LoraAdapter("a", [factors], 2));
        using AdapterMixture mixture = registry.Resolve([new AdapterUse("a", 0.7)])!;
        using AlignedBuffer<float> x = Random(weight.Columns, 3);
        using AlignedBuffer<float> y = Random(weight.Rows, 4);
        float[] before = y.Span.ToArray();
        using AdapterRows rows = new();
        rows.Add(mixture, 1);

        rows.Apply(_kernels, weight, [], new MatrixView<float>(x.Data, 1, weight.Columns), new MatrixView<float>(y.Data, 1, weight.Rows));

        Assert.Equal(before.AsSpan(), y.Span);
    }

    [Fact]
    public void Apply_SecondBatchOfTheSameSize_AllocatesNothing()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        using AdapterRegistry registry = new(weights, _kernels);
        registry.Add("a", SeededAdapter.CreateDora(weights.Shape, 1));
        using AdapterMixture mixture = registry.Resolve([new AdapterUse("a")])!;
        WeightTensor<float> weight = weights.ByName[Query];
        using AlignedBuffer<float> x = Random(4 * weight.Columns, 3);
        using AlignedBuffer<float> y = Random(4 * weight.Rows, 4);
        using AdapterRows rows = new();
        long allocated = 0;
        for (int batch = 0; batch < 3; batch++)
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            rows.Clear();
            rows.Add(mixture, 4);
            rows.Apply(_kernels, weight, [], new MatrixView<float>(x.Data, 4, weight.Columns), new MatrixView<float>(y.Data, 4, weight.Rows));
            allocated = GC.GetAllocatedBytesForCurrentThread() - start;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Add_WithoutWeightsOrForTwoBases_IsRefusedByName()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        using DecoderWeights<float> others = SeededModel.Weights(seed: 2);
        using AdapterRegistry bare = new(weights.Shape);
        using AdapterRegistry first = new(weights, _kernels);
        using AdapterRegistry second = new(others, _kernels);
        LoraAdapter adapter = SeededAdapter.CreateDora(weights.Shape, 1);

        Assert.Contains("needs the weights", Assert.Throws<ArgumentException>(() => bare.Add("a", adapter)).Message, StringComparison.Ordinal);
        first.Add("a", adapter);
        first.Add("again", adapter);
        Assert.Contains("another base", Assert.Throws<ArgumentException>(() => second.Add("a", adapter)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_MagnitudesForSomeFactorsOnly_NamesBoth()
    {
        LoraMatrices with = new("model.layers.0.mlp.up_proj.weight", 1, 4, 3, 1, hasMagnitude: true);
        LoraMatrices without = new("model.layers.0.mlp.down_proj.weight", 1, 3, 4, 1);

        string message = Assert.Throws<ArgumentException>(() => new LoraAdapter("x", [with, without], 1)).Message;

        Assert.Contains("'model.layers.0.mlp.up_proj.weight' but none for 'model.layers.0.mlp.down_proj.weight'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hash_OtherMagnitude_Differs()
    {
        ModelShape shape = SeededModel.Shape();
        using LoraAdapter one = SeededAdapter.CreateDora(shape, 1);
        using LoraAdapter same = SeededAdapter.CreateDora(shape, 1);
        using LoraAdapter lora = SeededAdapter.Create(shape, 1);
        using LoraAdapter other = SeededAdapter.CreateDora(shape, 1, magnitude: 2);

        Assert.Equal(one.Hash, same.Hash);
        Assert.NotEqual(one.Hash, other.Hash);
        Assert.NotEqual(one.Hash, lora.Hash);
        Assert.Equal(lora.ParameterCount + one.Matrices.Sum(factor => (long)factor.Outputs), one.ParameterCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Peft_SaveAndLoad_KeepsNamesFlagsAndBits(bool stabilized)
    {
        using LoraAdapter saved = SeededAdapter.CreateDora(SeededModel.Shape(tied: false), 1, rank: 5, stabilized: stabilized);
        PeftAdapter.Save(PeftPath, saved, "some/base");

        using LoraAdapter loaded = PeftAdapter.Load(PeftPath);

        Assert.Equal(saved.Hash, loaded.Hash);
        Assert.True(loaded.IsDora);
        Assert.Equal(stabilized, loaded.RankStabilized);
        string config = File.ReadAllText(Path.Combine(PeftPath, "adapter_config.json"));
        Assert.Contains("\"use_dora\": true", config, StringComparison.Ordinal);
        Assert.Contains($"\"use_rslora\": {(stabilized ? "true" : "false")}", config, StringComparison.Ordinal);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(PeftPath, "adapter_model.safetensors"));
        Assert.True(file.TryGetTensor(StoredMagnitude, out SafetensorsTensor? magnitude));
        Assert.Equal([64], magnitude.Shape);
    }

    [Fact]
    public void Peft_MagnitudesUnderTheirLongName_AreReadToo()
    {
        using LoraAdapter saved = SeededAdapter.CreateDora(SeededModel.Shape(), 1, only: name => name == Query);
        Write(saved, StoredMagnitude + ".weight", saved.Matrices[0].Outputs);
        using LoraAdapter loaded = PeftAdapter.Load(PeftPath);
        Assert.Equal(saved.Hash, loaded.Hash);
    }

    [Theory]
    [InlineData(null, 64, true, "is missing beside")]
    [InlineData(StoredMagnitude, 63, true, "has shape [63]; expected [64]")]
    [InlineData(StoredMagnitude, 64, false, "is no part of a LoRA pair")]
    [InlineData("base_model.model.model.layers.2.self_attn.q_proj.lora_magnitude_vector", 64, true, "is missing beside")]
    public void Peft_MagnitudesThatDoNotFit_AreRefusedByName(string? name, int length, bool flag, string expected)
    {
        using LoraAdapter saved = SeededAdapter.CreateDora(SeededModel.Shape(), 1, only: weight => weight == Query);
        Write(saved, name, length);
        if (!flag)
        {
            string path = Path.Combine(PeftPath, "adapter_config.json");
            File.WriteAllText(path, File.ReadAllText(path).Replace("\"use_dora\": true", "\"use_dora\": false", StringComparison.Ordinal));
        }

        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => PeftAdapter.Load(PeftPath)).Message, StringComparison.Ordinal);
    }

    /// <summary>A folder of one weight whose magnitudes have another name or length.</summary>
    private void Write(LoraAdapter adapter, string? magnitude, int length)
    {
        PeftAdapter.Save(PeftPath, adapter);
        LoraMatrices factors = adapter.Matrices[0];
        using SafetensorsWriter writer = new(Path.Combine(PeftPath, "adapter_model.safetensors"));
        string module = StoredMagnitude[..^".lora_magnitude_vector".Length];
        writer.DeclareTensor(module + ".lora_A.weight", ElementType.F32, factors.Rank, factors.Inputs);
        writer.DeclareTensor(module + ".lora_B.weight", ElementType.F32, factors.Outputs, factors.Rank);
        if (magnitude is not null)
        {
            writer.DeclareTensor(magnitude, ElementType.F32, length);
        }

        writer.WriteFloats(module + ".lora_A.weight", factors.AValues);
        writer.WriteFloats(module + ".lora_B.weight", factors.BValues);
        if (magnitude is not null)
        {
            writer.WriteFloats(magnitude, factors.MagnitudeValues[..length]);
        }

        writer.Commit();
    }

    /// <summary>Σ share · (m/‖V‖ ⊙ V·x − W·x) in double; for LoRA the low-rank product.</summary>
    private static double[] Change(AdapterMixture mixture, WeightTensor<float> weight, float* x)
    {
        double[] change = new double[weight.Rows];
        foreach ((LoraAdapter adapter, float share) in mixture.Parts)
        {
            LoraMatrices factors = adapter.ByName[weight.Name];
            for (int output = 0; output < weight.Rows; output++)
            {
                double squares = 0;
                double plain = 0;
                double changed = 0;
                for (int i = 0; i < weight.Columns; i++)
                {
                    double w = weight.View.Row(output)[i];
                    double v = w;
                    for (int r = 0; r < factors.Rank; r++)
                    {
                        v += (double)factors.Scale * factors.B.Row(output)[r] * factors.A.Row(r)[i];
                    }

                    squares += v * v;
                    plain += w * x[i];
                    changed += v * x[i];
                }

                double gain = factors.HasMagnitude ? factors.MagnitudeValues[output] / Math.Sqrt(squares) : 1;
                change[output] += share * ((gain * changed) - plain);
            }
        }

        return change;
    }

    private static AlignedBuffer<float> Random(int length, ulong seed)
    {
        AlignedBuffer<float> buffer = new(length);
        SampleStream stream = new(seed);
        for (int i = 0; i < length; i++)
        {
            buffer.Span[i] = (float)stream.NextNormal();
        }

        return buffer;
    }
}
