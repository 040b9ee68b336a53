using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Models;
using Agents.Models.Tokenization;

namespace Agents.Cli.Tests.Models;

/// <summary>Shapes and vocabularies of random models.</summary>
public sealed class ModelPresetsTests
{
    [Theory]
    [InlineData("tiny", 2_492_672)]
    [InlineData("qwen2.5-0.5b", 494_032_768)]
    [InlineData("llama-3.2-1b", 1_235_814_400)]
    [InlineData("qwen3-0.6b", 596_049_920)]
    public void ParameterCount_IsThatOfThePublishedModel(string name, long parameters)
    {
        ModelShape shape = ModelPresets.Find(name);
        shape.Validate();
        Assert.Equal(parameters, shape.ParameterCount);
    }

    [Fact]
    public void Find_UnknownName_OffersTheNearest()
    {
        UsageException error = Assert.Throws<UsageException>(() => ModelPresets.Find("llama-3.2-1"));
        Assert.Contains("'llama-3.2-1b'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(259)]
    [InlineData(512)]
    [InlineData(1000)]
    [InlineData(20_000)]
    [InlineData(151_936)]
    public void SyntheticVocabulary_AnySize_IsAValidTokenizer(int size)
    {
        TokenizerDefinition definition = SyntheticVocabulary.Create(size);
        definition.Validate();
        BytePairTokenizer tokenizer = new(definition);
        const string text = "aaaa zebra 12 <|im_end|> ünï 東";
        int[] ids = tokenizer.Encode(text);
        Assert.Equal(size, definition.Tokens.Count);
        Assert.Equal(size, definition.Tokens.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(text, tokenizer.Decode(ids));
        Assert.All(ids, id => Assert.False(tokenizer.IsSpecial(id)));
        Assert.Equal([size - 1], tokenizer.Encode("<|im_end|>", parseSpecial: true));
    }

    [Fact]
    public void SyntheticVocabulary_TooSmall_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => SyntheticVocabulary.Create(258));
}
