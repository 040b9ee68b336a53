using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;

namespace Agents.Compression.Tests;

/// <summary>Small model files with random weights that depend on a seed only.</summary>
internal static class SeededModel
{
    public const string Text = "the cat sat on the mat and the dog ran to the man who had the hat; what is 12 + 30? it is 42, of course.\n";

    private static readonly Lazy<TokenizerDefinition> SharedTokenizer = new(() => BytePairTrainer.Train(
        [Text, Text], new BytePairTrainerOptions { VocabularySize = 300, SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] }) with { AddBos = false });

    public static TokenizerDefinition Tokenizer => SharedTokenizer.Value;

    /// <summary>Parameters of <see cref="Weights"/> with the default shape.</summary>
    public static DecoderWeights<float> Weights(string architecture = "llama", bool tied = true, int hidden = 64, int feedForward = 96)
    {
        ModelShape shape = ModelShape.Uniform(architecture, 320, hidden, 2, new LayerShape(4, 2, 16, feedForward), 48) with { TiedEmbeddings = tied };
        DecoderWeights<float> weights = new(shape);
        WeightInitializer.Fill(weights, new SampleStream(7));
        return weights;
    }

    public static string SaveGguf(string path, ElementType type = ElementType.F32, string architecture = "llama", bool tied = true, int hidden = 64, int feedForward = 96, MatrixTypes? types = null)
    {
        using DecoderWeights<float> weights = Weights(architecture, tied, hidden, feedForward);
        GgufCheckpoint.Save(path, weights, Tokenizer, new GgufSaveOptions { Name = "seeded", Type = type, Types = types });
        return path;
    }
}
