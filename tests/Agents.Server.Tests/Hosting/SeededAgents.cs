using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;
using Agents.Runtime.Hosting;
using Agents.Runtime.Plugins;

namespace Agents.Server.Tests.Hosting;

/// <summary>Settings of a runtime with real parts: the built plugin folder, the repository's prompts and a model file with random weights.</summary>
internal sealed class SeededAgents : IDisposable
{
    public const string ModelName = "tiny-0";
    public const int ContextLength = 512;

    private readonly string _folder = Directory.CreateTempSubdirectory("agents-hosting-").FullName;

    public SeededAgents()
    {
        const string text = "what is 12 + 30? the cat sat on the mat; try 1: answer: 42, combine.\n";
        TokenizerDefinition tokenizer = BytePairTrainer.Train(
            [text], new BytePairTrainerOptions { VocabularySize = 288, SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] });
        tokenizer = tokenizer with
        {
            EosId = 287,
            AddBos = false,
            ChatTemplate = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
        };
        using DecoderWeights<float> weights = new(ModelShape.Uniform("llama", 288, 64, 2, new LayerShape(4, 2, 16, 96), ContextLength) with { TiedEmbeddings = true });
        WeightInitializer.Fill(weights, new SampleStream(11));
        GgufCheckpoint.Save(ModelFile, weights, tokenizer, new GgufSaveOptions { Name = ModelName, Type = ElementType.Q8_0 });
    }

    public string ModelFile => Path.Combine(_folder, ModelName + ".gguf");

    public void Configure(AgentsOptions options)
    {
        options.Model = ModelFile;
        options.PluginFolders.Clear();
        options.PluginFolders.Add(new PluginFolder(BuildFolder.Of("plugins", "SelfAggregation"), PluginTrust.FirstParty));
        options.PromptFolders.Add(Path.Combine(BuildFolder.Repository, "prompts"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
