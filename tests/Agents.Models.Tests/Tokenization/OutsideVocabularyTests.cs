using System.Globalization;
using Agents.Models.Gguf;
using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class OutsideVocabularyTests
{
    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    public void Encode_SampleTexts_GiveTheExpectedIds(string name)
    {
        VocabularyTokenizer sut = Tokenizers.Create(ReadDefinition(name + ".gguf"));
        string[] texts = File.ReadAllText(OutsideData.Require("vocab", name + ".inp")).Split("\n__ggml_vocab_test__\n");
        string[] expected = File.ReadAllText(OutsideData.Require("vocab", name + ".out")).Split('\n');

        Assert.True(texts.Length > 40 && expected.Length >= texts.Length);
        for (int i = 0; i < texts.Length; i++)
        {
            int[] ids = [.. expected[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

            Assert.Equal(ids, sut.Encode(texts[i]));
            Assert.Equal(texts[i], sut.Decode(ids));
        }
    }

    [Theory]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    public async Task ReadAsync_SentencePieceWrittenAsModelFolder_EncodesAlike(string name)
    {
        TokenizerDefinition original = ReadDefinition(name + ".gguf");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("agents-tokenizer-");
        try
        {
            await HuggingFaceTokenizer.WriteAsync(folder.FullName, original, TestContext.Current.CancellationToken);
            TokenizerDefinition read = await HuggingFaceTokenizer.ReadAsync(folder.FullName, TestContext.Current.CancellationToken);
            VocabularyTokenizer before = Tokenizers.Create(original);
            VocabularyTokenizer after = Tokenizers.Create(read);

            Assert.All(Oracles.MixedText.Lines(500), text => Assert.Equal(before.Encode(text), after.Encode(text)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Read_Gpt2Vocabulary_HasItsProperties()
    {
        BytePairTokenizer sut = new(ReadDefinition("gpt-2.gguf"));

        Assert.Equal(50257, sut.VocabularySize);
        Assert.Equal([50256], sut.EndIds);
        Assert.False(sut.AddBos);
        Assert.True(sut.IsSpecial(50256));
    }

    [Fact]
    public async Task ReadAsync_Gpt2WrittenAsModelFolder_EncodesAlike()
    {
        TokenizerDefinition original = ReadDefinition("gpt-2.gguf");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("agents-tokenizer-");
        try
        {
            await HuggingFaceTokenizer.WriteAsync(folder.FullName, original, TestContext.Current.CancellationToken);
            TokenizerDefinition read = await HuggingFaceTokenizer.ReadAsync(folder.FullName, TestContext.Current.CancellationToken);

            Assert.Equal(original.ComputeFingerprint(), read.ComputeFingerprint());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("llama-spm.gguf")]
    [InlineData("phi-3.gguf")]
    public void Constructor_SentencePieceVocabulary_IsRefusedByName(string file)
    {
        TokenizerDefinition definition = ReadDefinition(file);

        Assert.Contains("SentencePiece", Assert.Throws<TokenizerException>(() => new BytePairTokenizer(definition)).Message, StringComparison.Ordinal);
    }

    private static TokenizerDefinition ReadDefinition(string file)
    {
        using GgufFile vocabulary = GgufFile.Open(OutsideData.Require("vocab", file));
        return GgufTokenizer.Read(vocabulary.Metadata);
    }
}
