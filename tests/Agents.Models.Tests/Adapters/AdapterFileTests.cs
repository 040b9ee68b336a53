using Agents.Models.Adapters;
using Agents.Models.Gguf;
using Agents.Models.Safetensors;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Adapters;

public sealed class AdapterFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-adapter-").FullName;

    private string GgufPath => Path.Combine(_folder, "adapter.gguf");

    private string PeftPath => Path.Combine(_folder, "peft");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void Gguf_SaveAndLoad_GivesTheSameAdapter(string architecture)
    {
        ModelShape shape = SeededModel.Shape(architecture, tied: false);
        using LoraAdapter saved = SeededAdapter.Create(shape, 1);
        GgufAdapter.Save(GgufPath, saved, shape);
        using LoraAdapter loaded = GgufAdapter.Load(GgufPath, shape);
        Assert.Equal(saved.Hash, loaded.Hash);
        Assert.Equal(saved.Name, loaded.Name);
        Assert.Equal(saved.ParameterCount, loaded.ParameterCount);
    }

    [Fact]
    public void Gguf_ArchitectureLlama_StoresQueryRowsInItsOwnOrder()
    {
        ModelShape shape = SeededModel.Shape("llama");
        using LoraAdapter adapter = SeededAdapter.Create(shape, 1);
        GgufAdapter.Save(GgufPath, adapter, shape);
        using GgufFile file = GgufFile.Open(GgufPath);
        GgufTensor stored = file.GetTensor("blk.0.attn_q.weight.lora_b");
        var rows = new float[stored.ElementCount];
        file.ReadFloats(stored, rows);
        LoraMatrices factors = adapter.ByName["model.layers.0.self_attn.q_proj.weight"];
        int headSize = shape.Layers[0].HeadSize;
        for (int row = 0; row < factors.Outputs; row++)
        {
            Assert.Equal(factors.BValues.Slice(LlamaRowPermutation.CheckpointRow(row, headSize) * factors.Rank, factors.Rank), rows.AsSpan(row * factors.Rank, factors.Rank));
        }
    }

    [Fact]
    public void Gguf_RankStabilizedScale_IsFoldedIntoB()
    {
        ModelShape shape = SeededModel.Shape("qwen3");
        using LoraAdapter saved = SeededAdapter.Create(shape, 2, rank: 4, alpha: 8, stabilized: true);
        GgufAdapter.Save(GgufPath, saved, shape);
        using LoraAdapter loaded = GgufAdapter.Load(GgufPath, shape);
        LoraMatrices before = saved.Matrices[0];
        LoraMatrices after = loaded.Matrices[0];
        Assert.Equal(4, before.Scale);
        Assert.Equal(before.Scale * before.BValues[5], after.Scale * after.BValues[5], 5);
        Assert.Equal(before.AValues, after.AValues);
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.Q8_0)]
    public void Gguf_NarrowTypes_StayCloseAndFallBackForShortRows(ElementType type)
    {
        ModelShape shape = SeededModel.Shape("qwen2");
        using LoraAdapter saved = SeededAdapter.Create(shape, 3);
        GgufAdapter.Save(GgufPath, saved, shape, type);
        using LoraAdapter loaded = GgufAdapter.Load(GgufPath, shape);
        float[] expected = saved.Matrices[3].AValues.ToArray();
        float[] actual = loaded.Matrices[3].AValues.ToArray();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 0.01));
        Assert.Equal(saved.Matrices[3].Rank, loaded.Matrices[3].Rank);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Peft_SaveAndLoad_GivesTheSameAdapter(bool stabilized)
    {
        using LoraAdapter saved = SeededAdapter.Create(SeededModel.Shape(tied: false), 1, rank: 5, alpha: 7, stabilized: stabilized);
        PeftAdapter.Save(PeftPath, saved, "some/base");
        using LoraAdapter loaded = PeftAdapter.Load(PeftPath);
        Assert.Equal(saved.Hash, loaded.Hash);
        Assert.Equal(stabilized, loaded.RankStabilized);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(PeftPath, "adapter_model.safetensors"));
        Assert.True(file.TryGetTensor("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", out SafetensorsTensor? a));
        Assert.Equal([5, 64], a.Shape);
    }

    [Fact]
    public void Peft_MixedRanks_KeepTheirScales()
    {
        LoraMatrices narrow = new("model.layers.0.self_attn.q_proj.weight", 2, 8, 6, LoraAdapter.ScaleOf(16, 2, false));
        LoraMatrices wide = new("model.layers.0.self_attn.k_proj.weight", 4, 8, 6, LoraAdapter.ScaleOf(12, 4, false));
        using LoraAdapter saved = new("mixed", [narrow, wide], 16);
        PeftAdapter.Save(PeftPath, saved);
        using LoraAdapter loaded = PeftAdapter.Load(PeftPath);
        Assert.Equal(SeededAdapter.Values(saved), SeededAdapter.Values(loaded));
    }

    [Theory]
    [InlineData("{\"peft_type\":\"IA3\",\"r\":2,\"lora_alpha\":2}", "'peft_type'")]
    [InlineData("{\"r\":2,\"lora_alpha\":2,\"bias\":\"all\"}", "'bias'")]
    [InlineData("{\"r\":2,\"lora_alpha\":2,\"use_dora\":true}", "'use_dora'")]
    [InlineData("{\"r\":2,\"lora_alpha\":2,\"modules_to_save\":[\"lm_head\"]}", "'modules_to_save'")]
    [InlineData("{\"r\":2,\"lora_alpha\":2,\"fan_in_fan_out\":true}", "'fan_in_fan_out'")]
    [InlineData("{\"r\":2,\"lora_alpha\":2,\"alpha_pattern\":{\"q_(a|b)*\":3}}", "q_(a|b)*")]
    [InlineData("{\"r\":0,\"lora_alpha\":2}", "'r' is 0")]
    [InlineData("{\"r\":\"two\",\"lora_alpha\":2}", "expected form")]
    [InlineData("{\"lora_alpha\":2}", "expected form")]
    [InlineData("{", "expected form")]
    public void Peft_ConfigThatCannotBeApplied_IsRefusedByName(string config, string expected)
    {
        using LoraAdapter saved = SeededAdapter.Create(SeededModel.Shape(), 1);
        PeftAdapter.Save(PeftPath, saved);
        File.WriteAllText(Path.Combine(PeftPath, "adapter_config.json"), config);
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => PeftAdapter.Load(PeftPath));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Peft_NullFlags_MeanAbsent()
    {
        using LoraAdapter saved = SeededAdapter.Create(SeededModel.Shape(), 1);
        PeftAdapter.Save(PeftPath, saved);
        File.WriteAllText(
            Path.Combine(PeftPath, "adapter_config.json"),
            "{\"peft_type\":\"LORA\",\"r\":3,\"lora_alpha\":6,\"modules_to_save\":null,\"use_dora\":false,\"alpha_pattern\":{},\"bias\":\"none\"}");
        using LoraAdapter loaded = PeftAdapter.Load(PeftPath);
        Assert.Equal(saved.Hash, loaded.Hash);
    }

    [Fact]
    public void Gguf_OfAnotherModel_IsRefusedWithBothSizes()
    {
        ModelShape shape = SeededModel.Shape("qwen3");
        using LoraAdapter saved = SeededAdapter.Create(shape, 1);
        GgufAdapter.Save(GgufPath, saved, shape);
        ModelShape other = ModelShape.Uniform("qwen3", 320, 32, 3, shape.Layers[0], 96) with { TiedEmbeddings = true };
        Assert.Contains("and [32, rank]", Assert.Throws<ModelFormatException>(() => GgufAdapter.Load(GgufPath, other)).Message, StringComparison.Ordinal);
        Assert.Contains("'general.architecture' is 'qwen3'", Assert.Throws<ModelFormatException>(() => GgufAdapter.Load(GgufPath, SeededModel.Shape("llama"))).Message, StringComparison.Ordinal);
        ModelShape fewer = shape with { Layers = [shape.Layers[0]] };
        Assert.Contains("1 layers", Assert.Throws<ModelFormatException>(() => GgufAdapter.Load(GgufPath, fewer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gguf_HalfAPair_IsRefused()
    {
        using (GgufWriter writer = new(GgufPath))
        {
            writer.AddMetadata("general.type", GgufValue.Of("adapter"));
            writer.AddMetadata("general.architecture", GgufValue.Of("qwen2"));
            writer.AddMetadata("adapter.type", GgufValue.Of("lora"));
            writer.AddMetadata("adapter.lora.alpha", GgufValue.Of(2f));
            writer.DeclareTensor("blk.0.attn_q.weight.lora_a", ElementType.F32, 2, 64);
            writer.WriteFloats("blk.0.attn_q.weight.lora_a", new float[128]);
            writer.Commit();
        }

        ModelFormatException error = Assert.Throws<ModelFormatException>(() => GgufAdapter.Load(GgufPath, SeededModel.Shape("qwen2")));
        Assert.Contains("'blk.0.attn_q.weight.lora_b' is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gguf_AModelInsteadOfAnAdapter_IsRefused()
    {
        using (GgufWriter writer = new(GgufPath))
        {
            writer.AddMetadata("general.architecture", GgufValue.Of("llama"));
            writer.Commit();
        }

        Assert.Contains("general.type", Assert.ThrowsAny<ModelFormatException>(() => GgufAdapter.Load(GgufPath, SeededModel.Shape())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_TypeThatAdaptersDoNotUse_IsAnArgumentError()
    {
        ModelShape shape = SeededModel.Shape();
        using LoraAdapter adapter = SeededAdapter.Create(shape, 1);
        Assert.Throws<ArgumentException>(() => GgufAdapter.Save(GgufPath, adapter, shape, ElementType.I8));
        Assert.False(File.Exists(GgufPath));
    }
}
