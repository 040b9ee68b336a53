using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;

namespace Agents.Fuzzing.Targets;

/// <summary>Valid files of a few kilobytes to start from.</summary>
public static class SmallModels
{
    /// <summary>Gets a byte-level tokenizer with one control token.</summary>
    public static TokenizerDefinition Tokenizer { get; } = Train();

    /// <summary>Gets the id of the end token.</summary>
    public static int EndId => Tokenizer.EosId ?? throw new InvalidOperationException("The tokenizer has no end token.");

    /// <summary>Writes a small model.</summary>
    /// <param name="architecture">llama, qwen2 or qwen3.</param>
    public static byte[] Gguf(string architecture)
    {
        ModelShape shape = ModelShape.Uniform(architecture, 272, 32, 1, new LayerShape(2, 1, 16, 32), 64) with { TiedEmbeddings = true };
        using DecoderWeights<float> weights = new(shape);
        WeightInitializer.Fill(weights, new SampleStream(1));
        string path = Path.GetTempFileName();
        try
        {
            GgufCheckpoint.Save(path, weights, Tokenizer, new GgufSaveOptions { Name = "small", Type = ElementType.Q8_0 });
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Writes a file with every kind of metadata value.</summary>
    public static byte[] EveryMetadataType()
    {
        using MemoryStream stream = new();
        using GgufWriter writer = new(stream, alignment: 64);
        writer.AddMetadata("general.architecture", GgufValue.Of("llama"));
        writer.AddMetadata("u8", GgufValue.Of((byte)200));
        writer.AddMetadata("i16", GgufValue.Of((short)-3));
        writer.AddMetadata("f64", GgufValue.Of(Math.PI));
        writer.AddMetadata("bool", GgufValue.Of(true));
        writer.AddMetadata("text", GgufValue.Of("é🦙"));
        writer.AddMetadata("texts", GgufValue.OfArray("a", "", "bc"));
        writer.AddMetadata("numbers", GgufValue.OfArray(1ul, 2ul));
        writer.AddMetadata("flags", GgufValue.OfArray(true, false));
        writer.DeclareTensor("x", ElementType.F16, 7);
        writer.DeclareTensor("y", ElementType.Q8_0, 3, 64);
        writer.WriteFloats("x", new float[7]);
        writer.WriteFloats("y", new float[192]);
        writer.Commit();
        return stream.ToArray();
    }

    private static TokenizerDefinition Train()
    {
        TokenizerDefinition definition = BytePairTrainer.Train(
            ["the cat sat on the mat 12 times", "a man has 30 nuts"], new BytePairTrainerOptions { VocabularySize = 266, SpecialTokens = ["<|end|>"] });
        return definition with
        {
            EosId = definition.Tokens.ToList().IndexOf("<|end|>"),
            AddBos = false,
            ChatTemplate = "{% for m in messages %}{{ m.content }}{% endfor %}",
        };
    }
}
