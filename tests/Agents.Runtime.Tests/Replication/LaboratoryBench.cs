using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Agents.Models;
using Agents.Models.Chat;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Agents.Models.Tokenization;
using Agents.Plugins;
using Agents.Reasoning;
using Agents.Replication;
using Agents.Runtime.Features;
using Agents.Runtime.Replication;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Replication;

/// <summary>A seeded random model, a strategy that asks it once, and run folders that go away.</summary>
public sealed class LaboratoryBench : IDisposable
{
    private static readonly Lazy<TokenizerDefinition> Tokenizer = new(TrainTokenizer);

    public LaboratoryBench()
    {
        ModelShape shape = ModelShape.Uniform("llama", 280, 32, 1, new LayerShape(2, 1, 16, 32), 512) with { TiedEmbeddings = true };
        DecoderWeights<float> weights = new(shape);
        WeightInitializer.Fill(weights, new SampleStream(7));
        Model = new DecoderModel(weights, Tokenizer.Value, new DecoderModelOptions { Name = "random-1" });
        Client = new LocalChatClient(Model);
        Features.Add<IReasoningStrategy>(new FeatureInfo("once", "Asks once."), new DelegateStrategy(AskAsync));
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("laboratory-").FullName;

    public DecoderModel Model { get; }

    public IChatClient Client { get; }

    public FeatureTable Features { get; } = new();

    public static ReplicationInfo Info { get; } = new("7", "toy", "A toy", "The trained adapter changes the answers.");

    public LaboratoryOptions Options(string folder = "run") => new() { Folder = Path.Combine(Root, folder), Profile = ReplicationProfile.Quick, Time = new ManualTimeProvider() };

    public Laboratory Open(LaboratoryOptions? options = null, ReplicationInfo? info = null) => Laboratory.Open(info ?? Info, Model, Client, Features, MemoryPrompts.Empty, options ?? Options());

    public Task<ReplicationResult> RunAsync(IReplication replication, LaboratoryOptions options) =>
        ReplicationRunner.RunAsync(replication, Model, Client, Features, MemoryPrompts.Empty, options, TestContext.Current.CancellationToken);

    public static TrainingConversation Lesson(string question, string answer) => new([new ChatMessage(ChatRole.User, question)], answer);

    public void Dispose()
    {
        Client.Dispose();
        Model.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private static async IAsyncEnumerable<ReasoningUpdate> AskAsync(ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChatOptions options = new() { MaxOutputTokens = 6, Temperature = 1 };
        ChatResponse response = await context.Model("writer").GetResponseAsync(task.Messages, options, cancellationToken);
        yield return new AnswerUpdate(new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, response.Text)));
    }

    private static TokenizerDefinition TrainTokenizer()
    {
        TokenizerDefinition definition = BytePairTrainer.Train(
            ["name a fruit\n"], new BytePairTrainerOptions { VocabularySize = 262, SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] });
        return definition with
        {
            EosId = definition.Tokens.ToList().IndexOf("<|im_end|>"),
            PaddingId = definition.Tokens.ToList().IndexOf("<|endoftext|>"),
            AddBos = false,
            ChatTemplate = ChatMlTemplate.Jinja,
        };
    }
}

/// <summary>JSON of remembered test values.</summary>
[JsonSerializable(typeof(double[]))]
internal sealed partial class BenchJson : JsonSerializerContext;
