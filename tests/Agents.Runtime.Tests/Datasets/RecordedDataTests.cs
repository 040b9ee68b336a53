using System.Collections.Immutable;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Agents.Models.Tokenization;
using Agents.Runtime.Datasets;
using Agents.Runtime.Learning;
using Agents.Runtime.Prompts;
using Agents.Runtime.Tests.Learning;
using Agents.Runtime.Tests.Trajectories;
using Agents.Runtime.Trajectories;
using Agents.Training.Data;

namespace Agents.Runtime.Tests.Datasets;

/// <summary>Recipes read what the builder writes: recorded ids for the same tokenizer, text for any other.</summary>
public sealed class RecordedDataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recorded-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Conversation_SameTokenizer_LearnsTheRecordedIds()
    {
        VocabularyTokenizer tokenizer = await TokenizerAsync();
        FileConversation line = Write(tokenizer.Fingerprint).Single(conversation => conversation.Turns[^1].Content == "ab");

        TrainingExample example = line.Encode(Text(), tokenizer, promptWeight: 0.25);

        Assert.Equal([1, 2, 3, 'a', 'b'], example.TokenIds);
        Assert.Equal([0.25f, 0.25f, 0.25f, 1, 1], example.Weights);
    }

    [Fact]
    public async Task Conversation_OtherTokenizer_LearnsTheText()
    {
        VocabularyTokenizer tokenizer = await TokenizerAsync();
        FileConversation line = Write("other").Single(conversation => conversation.Turns[^1].Content == "ab");

        Assert.Equal(Text().Encode(line.Turns, tokenizer, 0).TokenIds, line.Encode(Text(), tokenizer, 0).TokenIds);
    }

    [Fact]
    public async Task Values_WeighConversations_AndThoseOfZeroAreLeftOut()
    {
        VocabularyTokenizer tokenizer = await TokenizerAsync();
        Write(tokenizer.Fingerprint);

        ImmutableArray<FileConversation> lines = ConversationFile.Read(Path.Combine(_folder, "value.jsonl")).Training;

        Assert.Equal(["ab", "half"], lines.Select(line => line.Turns[^1].Content));
        Assert.Equal(0.5f, lines[1].Encode(Text(), tokenizer, 0).Weights[^1]);
    }

    [Fact]
    public async Task Conversation_IdOutsideTheVocabulary_IsRefused()
    {
        VocabularyTokenizer tokenizer = await TokenizerAsync();
        FileConversation line = Write(tokenizer.Fingerprint)[0] with { AnswerTokens = [tokenizer.VocabularySize] };

        Assert.Throws<RecipeException>(() => line.Encode(Text(), tokenizer, 0));
    }

    [Theory]
    [InlineData("\"weight\":-1")]
    [InlineData("\"weight\":\"x\"")]
    [InlineData("\"tokenizer\":\"a\"")]
    public void Read_MalformedExtras_NameTheLine(string extra)
    {
        string path = Path.Combine(_folder, "bad.jsonl");
        File.WriteAllText(path, $$"""{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],{{extra}}}""");

        Assert.Contains("line 1", Assert.Throws<RecipeException>(() => ConversationFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recipes_SupervisedAndPreference_TrainOnTheSets()
    {
        VocabularyTokenizer tokenizer = await TokenizerAsync();
        Write(tokenizer.Fingerprint);
        using LoopRecipe recipe = new();
        string start = LoopRecipe.Tiny.Replace('\\', '/');
        string data = _folder.Replace('\\', '/');

        RecipeResult supervised = await recipe.RunAsync(
            $$"""
            name: sft
            model: { from: "{{start}}" }
            data: { mixture: [ { file: "{{data}}/sft.jsonl", weight: 1 }, { file: "{{data}}/value.jsonl", weight: 1 } ] }
            training: { steps: 2, tokensPerStep: 128, rowsPerBatch: 128, maximumSequence: 64, learningRate: 0.0003 }
            """,
            "sft");
        RecipeResult preference = await recipe.RunAsync(
            $$"""
            name: dpo
            loop: preference
            model: { from: "{{start}}" }
            preference: { loss: dpo, file: "{{data}}/preference.jsonl", pairsPerStep: 2 }
            training: { steps: 2, learningRate: 0.0003, rowsPerBatch: 128 }
            """,
            "dpo");

        Assert.Equal((2, 2), (supervised.Training.Steps, preference.Training.Steps));
        Assert.True(File.Exists(supervised.ModelPath) && File.Exists(preference.ModelPath));
    }

    private static TrainingText Text() => new(PromptLibrary.FromFolders([Path.Combine(RepositoryFolder.Path, "prompts")]), "tiny-1", ChatTemplates.ChatMl);

    private static async Task<VocabularyTokenizer> TokenizerAsync()
    {
        DecoderCheckpoint checkpoint = await DecoderCheckpoint.LoadAsync(LoopRecipe.Tiny, cancellationToken: TestContext.Current.CancellationToken);
        using DecoderWeights<float> weights = checkpoint.Weights;
        return Tokenizers.Create(checkpoint.Tokenizer);
    }

    private ImmutableArray<FileConversation> Write(string tokenizer)
    {
        DatasetBuilder builder = new();
        Trajectory trajectory = Recorded.Of(
            "two and two?",
            Recorded.Call("default", 0, "ab") with { Value = 1 },
            Recorded.Call("default", 0, "cd") with { Value = 0 },
            Recorded.Call("default", 0, "half") with { Value = 0.5 });
        builder.Add(trajectory with { Tokenizers = new Dictionary<string, string> { ["default"] = tokenizer } });
        DatasetFolder.Write(builder.Build(), DatasetKinds.All, _folder, TestContext.Current.CancellationToken);
        return ConversationFile.Read(Path.Combine(_folder, "sft.jsonl")).Training;
    }
}
