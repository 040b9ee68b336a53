using Agents.Models.Decoder;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;

namespace Agents.Models.Tests;

/// <summary>Small models with random weights that depend on a seed only. Never trained: nothing about their text matters.</summary>
internal static unsafe class SeededModel
{
    public const int Context = 96;

    private static readonly Lazy<TokenizerDefinition> SharedTokenizer = new(TrainTokenizer);

    public static TokenizerDefinition Tokenizer => SharedTokenizer.Value;

    public static ModelShape Shape(string architecture = "llama", bool tied = true) =>
        ModelShape.Uniform(architecture, 320, 64, 3, new LayerShape(4, 2, 16, 96), Context) with { TiedEmbeddings = tied };

    public static DecoderWeights<float> Weights(string architecture = "llama", bool tied = true, ulong seed = 1, float spread = 4)
    {
        DecoderWeights<float> weights = new(Shape(architecture, tied));
        WeightInitializer.Fill(weights, new SampleStream(seed));

        // The usual start is almost uniform over tokens; a wider one gives distributions with something to truncate.
        foreach (WeightTensor<float> tensor in weights.Tensors)
        {
            for (int i = 0; i < tensor.Length; i++)
            {
                tensor.Data[i] = tensor.IsVector ? 1 + (0.1f * MathF.Sin(i + tensor.Name.Length)) : tensor.Data[i] * spread;
            }
        }

        return weights;
    }

    public static DecoderModel Create(string architecture = "llama", bool tied = true, IKernels<float>? kernels = null, int maximumBatchRows = 256) =>
        new(Weights(architecture, tied), Tokenizer, new DecoderModelOptions { Name = "seeded", Kernels = kernels, MaximumBatchRows = maximumBatchRows });

    private static TokenizerDefinition TrainTokenizer()
    {
        const string text = "the cat sat on the mat and the dog ran to the man who had the hat; what is 12 + 30? it is 42, of course.\n";
        TokenizerDefinition definition = BytePairTrainer.Train(
            [text, text], new BytePairTrainerOptions { VocabularySize = 300, SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] });
        return definition with
        {
            EosId = definition.Tokens.ToList().IndexOf("<|im_end|>"),
            PaddingId = definition.Tokens.ToList().IndexOf("<|endoftext|>"),
            AddBos = false,
            ChatTemplate = ChatMlJinja,
        };
    }

    private const string ChatMlJinja =
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
}
