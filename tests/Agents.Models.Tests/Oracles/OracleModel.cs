using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Oracles;

/// <summary>Seeded random models of the shape of <c>tiny</c>, wide enough for super-blocks of 256.</summary>
internal static unsafe class OracleModel
{
    private static readonly Lazy<TokenizerDefinition> s_tokenizer = new(TrainTokenizer);

    public static TokenizerDefinition Tokenizer => s_tokenizer.Value;

    /// <summary>Writes a model and returns its path.</summary>
    public static string Save(string folder, string architecture, MatrixTypes types, int vocabulary)
    {
        using DecoderWeights<float> weights = new(
            ModelShape.Uniform(architecture, vocabulary, 256, 4, new LayerShape(4, 2, 64, 512), 1024) with { TiedEmbeddings = true });
        WeightInitializer.Fill(weights, new SampleStream(11));
        foreach (WeightTensor<float> tensor in weights.Tensors)
        {
            for (int i = 0; i < tensor.Length; i++)
            {
                // A wider start than usual, so that the most likely token usually stands out; every norm and bias is used.
                tensor.Data[i] = tensor.IsVector ? (tensor.Name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1) + (0.2f * MathF.Sin(i + tensor.Offset)) : tensor.Data[i] * 3;
            }
        }

        string path = Path.Combine(folder, $"{architecture}-{types.Id}.gguf");
        GgufCheckpoint.Save(path, weights, Tokenizer, new GgufSaveOptions { Name = "seeded", Types = types });
        return path;
    }

    /// <summary>Random token ids below a bound.</summary>
    public static int[] Tokens(int count, int bound)
    {
        SampleStream stream = new(5);
        var tokens = new int[count];
        for (int i = 0; i < count; i++)
        {
            tokens[i] = stream.NextInt(bound);
        }

        return tokens;
    }

    private static TokenizerDefinition TrainTokenizer()
    {
        TokenizerDefinition definition = BytePairTrainer.Train(
            MixedText.Lines(3000), new BytePairTrainerOptions { VocabularySize = 512, SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] });
        return definition with { EosId = 511, EotId = 511, PaddingId = 509, BosId = 509, AddBos = false };
    }
}
