using System.Security.Cryptography;
using Agents.Evaluation.Tasks;
using Agents.Models;
using Agents.Models.Adapters;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Runtime.Learning;
using Agents.Runtime.Prompts;
using Agents.Training.Data;

namespace Agents.Runtime.Tests.Learning;

public sealed class RecipeRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recipe-tests-").FullName;
    private readonly ComputePool _pool = new(new ComputePoolOptions { Threads = 1 });

    public void Dispose()
    {
        _pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task RunAsync_Recipe_WritesALoadableModel()
    {
        TrainingRecipe recipe = RecipeReader.Parse(RecipeReaderTests.Valid, "toy.yaml");

        RecipeResult result = await Runner().RunAsync(recipe, _folder, resume: false, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(4, result.Training.Steps);
        Assert.NotNull(result.Training.ValidationLoss);
        DecoderCheckpoint model = GgufCheckpoint.Load(result.ModelPath);
        using (model.Weights)
        {
            Assert.Equal("toy", model.Name);
            Assert.Equal(300, model.Weights.Shape.VocabularySize);
            Assert.Equal("<|im_end|>", model.Tokenizer.Tokens[model.Tokenizer.EosId!.Value]);
            Assert.Equal(ChatTemplates.ChatMl, ChatTemplates.Detect(model.Tokenizer.ChatTemplate));
        }
    }

    [Fact]
    public async Task RunAsync_CancelledAndResumed_WritesTheSameModel()
    {
        TrainingRecipe recipe = RecipeReader.Parse(RecipeReaderTests.Valid, "toy.yaml");
        string whole = Path.Combine(_folder, "whole");
        string cut = Path.Combine(_folder, "cut");
        RecipeResult expected = await Runner().RunAsync(recipe, whole, resume: false, cancellationToken: TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAsync<OperationCanceledException>(() => Runner().RunAsync(recipe, cut, resume: false, new StopAfter(2, stop), stop.Token));
        Assert.Empty(Directory.GetFiles(cut, "*.gguf"));
        RecipeResult resumed = await Runner().RunAsync(recipe, cut, resume: true, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(2, resumed.Training.ResumedFrom);
        Assert.Equal(Hash(expected.ModelPath), Hash(resumed.ModelPath));
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("rslora")]
    [InlineData("dora")]
    public async Task RunAsync_Adapter_WritesItAndLeavesTheBaseAlone(string kind)
    {
        RecipeResult start = await Runner().RunAsync(RecipeReader.Parse(RecipeReaderTests.Valid, "toy.yaml"), _folder, resume: false, cancellationToken: TestContext.Current.CancellationToken);
        byte[] before = await File.ReadAllBytesAsync(start.ModelPath, TestContext.Current.CancellationToken);
        string yaml = $$"""
            name: tuned
            model: { from: "{{start.ModelPath}}" }
            adapter: { kind: {{kind}}, rank: 2, alpha: 4, targets: [ q_proj, up_proj ] }
            data: { mixture: [ { family: all } ] }
            training: { steps: 3, tokensPerStep: 256, rowsPerBatch: 256, maximumSequence: 128, learningRate: 0.01, overlong: keepStart }
            validation: { examples: 3 }
            """;
        string output = Path.Combine(_folder, kind);

        RecipeResult result = await Runner().RunAsync(RecipeReader.Parse(yaml, "lora.yaml"), output, resume: false, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(3, result.Training.Steps);
        Assert.Equal(before, await File.ReadAllBytesAsync(start.ModelPath, TestContext.Current.CancellationToken));
        using DecoderWeights<float> weights = GgufCheckpoint.Load(start.ModelPath).Weights;
        using LoraAdapter peft = PeftAdapter.Load(Path.Combine(output, "tuned-peft"));
        Assert.Equal((kind == "rslora", kind == "dora"), (peft.RankStabilized, peft.IsDora));
        Assert.Equal(2 * weights.Layers.Length, peft.Matrices.Length);
        if (kind == "dora")
        {
            using DecoderWeights<float> merged = GgufCheckpoint.Load(result.ModelPath).Weights;
            Assert.NotEqual(WeightHash.Compute(weights), WeightHash.Compute(merged));
            return;
        }

        using LoraAdapter gguf = GgufAdapter.Load(result.ModelPath, weights.Shape);
        Assert.Equal(2 * weights.Layers.Length, gguf.Matrices.Length);
        Assert.Contains(peft.Matrices[0].BValues.ToArray(), value => value != 0);
    }

    [Fact]
    public async Task RunAsync_FromAModelWithAConversationFile_FineTunes()
    {
        RecipeResult start = await Runner().RunAsync(RecipeReader.Parse(RecipeReaderTests.Valid, "toy.yaml"), _folder, resume: false, cancellationToken: TestContext.Current.CancellationToken);
        string data = Path.Combine(_folder, "data.jsonl");
        await File.WriteAllLinesAsync(data, Enumerable.Range(0, 25).Select(i => $$"""{"messages":[{"role":"user","content":"say {{i}}"},{"role":"assistant","content":"{{i}}"}]}"""), TestContext.Current.CancellationToken);
        string yaml = $$"""
            name: tuned
            model: { from: "{{start.ModelPath}}" }
            data: { mixture: [ { file: "{{data}}" } ] }
            training: { steps: 2, tokensPerStep: 256, rowsPerBatch: 256, maximumSequence: 128 }
            """;

        RecipeResult result = await Runner().RunAsync(RecipeReader.Parse(yaml, Path.Combine(_folder, "sft.yaml")), Path.Combine(_folder, "sft"), resume: false, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(2, result.Training.Steps);
        Assert.NotEqual(Hash(start.ModelPath), Hash(result.ModelPath));
    }

    [Fact]
    public async Task RunAsync_ShippedQwenRecipe_TrainsAnAdapterOverARandomModelOfItsArchitecture()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        TrainingRecipe toy = RecipeReader.Parse(RecipeReaderTests.Valid, "toy.yaml");
        ModelShape shape = ModelShape.Uniform("qwen2", 300, 64, 2, new LayerShape(4, 2, 16, 96), 256) with { TiedEmbeddings = true, RopeTheta = 1_000_000 };
        string start = Path.Combine(_folder, "random.gguf");
        using (DecoderWeights<float> weights = new(shape))
        {
            WeightInitializer.Fill(weights, new SampleStream(9));
            GgufCheckpoint.Save(start, weights, Runner().TrainTokenizer(toy, MixtureSource.Resolve(toy.Mixture), cancellationToken), new GgufSaveOptions { Type = ElementType.Q8_0 });
        }

        string samples = Path.Combine(RepositoryFolder.Path, "samples", "recipes");
        TrainingRecipe recipe = RecipeReader.Read(Path.Combine(samples, "qwen-lora.yaml"));
        recipe = recipe with
        {
            StartFrom = start,
            Steps = 3,
            Packing = recipe.Packing with { TokensPerStep = 256, RowsPerBatch = 128, MaximumSequence = 128 },
            Adapter = recipe.Adapter! with { MaximumRows = 128 },
            ValidationExamples = 2,
        };

        RecipeResult result = await Runner().RunAsync(recipe, Path.Combine(_folder, "qwen"), resume: false, cancellationToken: cancellationToken);

        Assert.Equal((3, 3), (result.Training.Steps, result.PlannedSteps));
        Assert.InRange(result.Training.ValidationLoss!.Value, 3, 10);
        using LoraAdapter adapter = GgufAdapter.Load(result.ModelPath, shape);
        Assert.Equal(2 * 7, adapter.Matrices.Length);
        Assert.True(File.Exists(Path.Combine(_folder, "qwen", "qwen-lora-peft", "adapter_model.safetensors")));
    }

    [Theory]
    [InlineData("family: arithmetic", "family: arithmetics", "There is no task family 'arithmetics'. Did you mean 'arithmetic'?")]
    [InlineData("role: solve", "role: solv", "There is no role 'solv'. Did you mean 'solve'")]
    [InlineData("family: arithmetic, role: solve", "file: gone.jsonl", "There is no data file")]
    public async Task RunAsync_UnknownData_WritesNothing(string find, string replace, string expected)
    {
        string target = Path.Combine(_folder, "run");
        TrainingRecipe recipe = RecipeReader.Parse(RecipeReaderTests.Valid.Replace(find, replace, StringComparison.Ordinal), "toy.yaml");

        RecipeException error = await Assert.ThrowsAsync<RecipeException>(() => Runner().RunAsync(recipe, target, resume: false, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(target));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("""{"messages":[{"role":"robot","content":"x"}]}""")]
    [InlineData("[1]")]
    public void Read_MalformedLine_NamesTheLine(string line)
    {
        string path = Path.Combine(_folder, "data.jsonl");
        File.WriteAllLines(path, ["""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""", line]);

        RecipeException error = Assert.Throws<RecipeException>(() => ConversationFile.Read(path));

        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Get_SameIndex_GivesTheSameExampleAndSplitsDoNotOverlap()
    {
        TrainingRecipe recipe = RecipeReader.Parse(RecipeReaderTests.Valid, "toy.yaml");
        var parts = MixtureSource.Resolve(recipe.Mixture);
        var tokenizer = new BytePairTokenizer(Runner().TrainTokenizer(recipe, parts, TestContext.Current.CancellationToken));
        var text = new TrainingText(Prompts(), "tiny-1", ChatTemplates.ChatMl);
        MixtureSource source = MixtureSource.Create(parts, text, tokenizer, TaskSplit.Train, 3, promptWeight: 0);
        MixtureSource again = MixtureSource.Create(parts, text, tokenizer, TaskSplit.Train, 3, promptWeight: 0);
        var questions = new HashSet<string>();
        for (int i = 0; i < 300; i++)
        {
            TrainingExample example = source.Get(i);
            Assert.Equal(again.Get(i).TokenIds, example.TokenIds);
            Assert.Contains(1f, example.Weights);
            Assert.Contains(0f, example.Weights);
            questions.Add(MixtureSource.Conversation(parts, text, TaskSplit.Train, 3, i)[0].Content);
        }

        for (int i = 0; i < 300; i++)
        {
            Assert.DoesNotContain(MixtureSource.Conversation(parts, text, TaskSplit.Validation, 3, i)[0].Content, questions);
        }
    }

    [Fact]
    public void Conversation_ManyIndices_RolesAndFamiliesFollowTheWeights()
    {
        var parts = MixtureSource.Resolve([new MixtureEntry("all", "solve", null, 3), new MixtureEntry("all", "verify", null, 1)]);
        var text = new TrainingText(Prompts(), "tiny-1", ChatTemplates.ChatMl);
        const int count = 2000;
        int verifies = 0;
        for (int i = 0; i < count; i++)
        {
            verifies += MixtureSource.Conversation(parts, text, TaskSplit.Train, 4, i)[0].Content.EndsWith("\ncheck", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.Equal(14, parts.Select(part => part.Name).Distinct().Count());

        // Four standard errors of a share of 1/4.
        Assert.InRange(verifies / (double)count, 0.25 - 0.039, 0.25 + 0.039);
    }

    [Fact]
    public void Conversation_EveryRoleOfEveryFamily_RendersInBothForms()
    {
        var parts = MixtureSource.Resolve([.. TaskFamilies.All.SelectMany(family => Agents.Evaluation.Roles.RoleWriters.Create().Where(writer => writer.Serves(family)).Select(writer => new MixtureEntry(family.Id, writer.Role, null, 1)))]);
        foreach (string model in new[] { "tiny-1", "other" })
        {
            var text = new TrainingText(Prompts(), model, ChatTemplates.ChatMl);
            foreach (MixtureSource.Part part in parts)
            {
                IReadOnlyList<ChatTurn> turns = MixtureSource.Conversation([part], text, TaskSplit.Train, 1, 0);
                Assert.Equal(TurnRoles.User, turns[0].Role);
                Assert.Equal(TurnRoles.Assistant, turns[^1].Role);
                Assert.NotEmpty(turns[^1].Content);
            }
        }
    }

    private static PromptLibrary Prompts() => PromptLibrary.FromFolders([Path.Combine(RepositoryFolder.Path, "prompts")]);

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private RecipeRunner Runner() => new(new SimdKernels(_pool), Prompts(), TimeProvider.System);

    private sealed class StopAfter(long step, CancellationTokenSource stop) : IProgress<RecipeProgress>
    {
        public void Report(RecipeProgress value)
        {
            if (value.Step == step)
            {
                stop.Cancel();
            }
        }
    }
}
