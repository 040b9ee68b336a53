using Agents.Models.Gguf;
using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Oracles;

/// <summary>Agreement of tokenizers with llama.cpp on published vocabularies. Opt-in: needs AGENTS_TEST_DATA and AGENTS_ORACLE_LLAMACPP.</summary>
public sealed class LlamaCppVocabularyTests
{
    [Theory]
    [InlineData("phi-2")]
    [InlineData("smollm")]
    [InlineData("starcoder")]
    [InlineData("refact")]
    [InlineData("command-r")]
    [InlineData("llama-bpe")]
    [InlineData("qwen2")]
    public async Task Tokenize_Gpt2VocabularyWithAnotherPreSplitter_GivesTheSameIds(string pre)
    {
        string oracle = LlamaCppProcess.RequireFolder();
        string path = Path.Combine(Path.GetTempPath(), $"agents-{Guid.NewGuid():N}.gguf");
        string[] lines = MixedText.Lines(1000);
        using GgufFile file = GgufFile.Open(OutsideData.Require("vocab", "gpt-2.gguf"));
        VocabularyTokenizer sut = Tokenizers.Create(GgufTokenizer.Read(file.Metadata) with { Pre = pre });
        try
        {
            using (GgufWriter writer = new(path))
            {
                foreach ((string key, GgufValue value) in file.Metadata.Values)
                {
                    writer.AddMetadata(key, key == GgufTokenizerKeys.Pre ? GgufValue.Of(pre) : value);
                }

                writer.Commit();
            }

            int[][] expected = await LlamaCppProcess.AskAsync(
                oracle, path, lines.Select(text => new { text }), TestContext.Current.CancellationToken, vocabularyOnly: true);

            Assert.All(lines.Zip(expected), line => Assert.Equal(line.Second, sut.Encode(line.First)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    public async Task Tokenize_MixedText_GivesTheSameIds(string name)
    {
        string oracle = LlamaCppProcess.RequireFolder();
        string path = OutsideData.Require("vocab", name + ".gguf");
        string[] lines = [.. MixedText.Lines(1500), .. MixedText.Lines(200).Select(line => "  " + line + " \n")];
        using GgufFile file = GgufFile.Open(path);
        VocabularyTokenizer sut = Tokenizers.Create(GgufTokenizer.Read(file.Metadata));

        int[][] expected = await LlamaCppProcess.AskAsync(
            oracle, path, lines.Select(text => new { text }), TestContext.Current.CancellationToken, vocabularyOnly: true);

        Assert.Equal(lines.Length, expected.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            Assert.True(expected[i].AsSpan().SequenceEqual(sut.Encode(lines[i])), $"Line {i}: '{lines[i]}'\n{string.Join(' ', expected[i])}\n{string.Join(' ', sut.Encode(lines[i]))}");
        }
    }
}
