using System.Globalization;
using System.Runtime.CompilerServices;
using Agents.Models.Checkpoints;
using Agents.Models.Templates;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Oracles;

/// <summary>The shipped model file in llama.cpp: the same tokens as here. Opt-in: see tests/oracles/llama-cpp/package.json.</summary>
public sealed class EmbeddedModelTests : IDisposable
{
    private const int Prompts = 64;
    private const int Count = 32;
    private static readonly string[] Names = ["ann", "bob", "eva", "gus", "kim", "leo", "mia", "zoe"];

    private readonly string _folder = Directory.CreateTempSubdirectory("agents-oracle-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Greedy_F32Export_GivesTheSameTokens()
    {
        string oracle = LlamaCppProcess.RequireFolder();
        DecoderCheckpoint tiny = GgufCheckpoint.Load(ModelFile());
        string path = Path.Combine(_folder, "tiny-f32.gguf");
        using (tiny.Weights)
        {
            GgufCheckpoint.Save(path, tiny.Weights, tiny.Tokenizer, new GgufSaveOptions { Name = tiny.Name, Type = ElementType.F32 });
        }

        int[][] inputs = Questions(tiny.Tokenizer);
        int[][] expected = await LlamaCppProcess.AskAsync(oracle, path, inputs.Select(tokens => new { tokens, count = Count }), Stop);
        GeneratedToken[][] actual = await LlamaCppTests.GreedyAsync(path, inputs, Count);

        for (int i = 0; i < Prompts; i++)
        {
            Assert.Equal(expected[i], actual[i].Select(token => token.Id));
        }
    }

    [Fact]
    public async Task Greedy_ShippedQ8_DivergesOnlyAtNearTies()
    {
        string oracle = LlamaCppProcess.RequireFolder();
        DecoderCheckpoint tiny = GgufCheckpoint.Load(ModelFile());
        tiny.Weights.Dispose();
        int[][] inputs = Questions(tiny.Tokenizer);

        int[][] expected = await LlamaCppProcess.AskAsync(oracle, ModelFile(), inputs.Select(tokens => new { tokens, count = Count }), Stop);
        GeneratedToken[][] actual = await LlamaCppTests.GreedyAsync(ModelFile(), inputs, Count);

        LlamaCppTests.AssertDivergesOnlyAtNearTies(expected, actual, Count);
    }

    [Fact]
    public async Task Tokenize_MixedText_GivesTheSameIds()
    {
        string oracle = LlamaCppProcess.RequireFolder();
        DecoderCheckpoint tiny = GgufCheckpoint.Load(ModelFile());
        tiny.Weights.Dispose();
        string[] lines = MixedText.Lines(1000);
        BytePairTokenizer tokenizer = new(tiny.Tokenizer);

        int[][] expected = await LlamaCppProcess.AskAsync(oracle, ModelFile(), lines.Select(text => new { text }), Stop);

        for (int i = 0; i < lines.Length; i++)
        {
            Assert.Equal(expected[i], tokenizer.Encode(lines[i]));
        }
    }

    private static string ModelFile([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "src", "Agents.Models", "Tiny", "tiny-2.gguf"));

    /// <summary>Word problems in the form the model was trained on.</summary>
    private static int[][] Questions(TokenizerDefinition definition)
    {
        BytePairTokenizer tokenizer = new(definition);
        SampleStream stream = new(8);
        var inputs = new int[Prompts][];
        for (int i = 0; i < Prompts; i++)
        {
            string first = Names[stream.NextInt(4)];
            string second = Names[4 + stream.NextInt(4)];
            string question = string.Create(
                CultureInfo.InvariantCulture,
                $"{first} has {2 + stream.NextInt(80)} shells. {second} {2 + stream.NextInt(60)} more than {first}. tom {2 + stream.NextInt(3)} times {second}. tom?");
            inputs[i] = ChatTemplates.ChatMl.Render([new ChatTurn(TurnRoles.User, question)], addGenerationPrompt: true).Tokenize(tokenizer);
        }

        return inputs;
    }
}
