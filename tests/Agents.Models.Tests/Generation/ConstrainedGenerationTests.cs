using System.Text.Json;
using Agents.Models.Constraints;
using Agents.Models.Decoder;

namespace Agents.Models.Tests.Generation;

public sealed class ConstrainedGenerationTests
{
    private const string Schema = """{"type":"object","properties":{"who":{"type":"string","maxLength":6},"n":{"type":"integer"}},"required":["who","n"]}""";

    private static readonly int[] Prompt = [5, 6, 7];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateAsync_Schema_EverySampleIsValidAndEndsByItself()
    {
        using DecoderModel model = SeededModel.Create();

        List<GeneratedToken> tokens = await CollectAsync(model, Request(16) with { Constraint = OutputConstraint.JsonSchema(Schema), MaxTokens = 60 });

        foreach (IGrouping<int, GeneratedToken> sample in tokens.GroupBy(token => token.Sample))
        {
            string text = model.Tokenizer.Decode([.. sample.Select(token => token.Id)], skipSpecial: true);
            using JsonDocument document = JsonDocument.Parse(text);
            Assert.Equal(["who", "n"], document.RootElement.EnumerateObject().Select(property => property.Name));
            Assert.All(sample, token => Assert.InRange(token.KeptMass, 0, 1));
            Assert.All(sample, token => Assert.True(token.BehaviorLogProbability >= token.PlainLogProbability - 1e-4f));
            Assert.Contains(sample.Last().Finish, (GenerationFinish[])[GenerationFinish.EndToken, GenerationFinish.Length]);
        }

        Assert.Equal(16, tokens.Select(token => token.Sample).Distinct().Count());
        Assert.Contains(tokens, token => token.Finish == GenerationFinish.EndToken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GenerateAsync_Regex_GreedyAndWithoutEndTokens_Matches(bool ignoreEnds)
    {
        using DecoderModel model = SeededModel.Create();
        GenerationRequest request = Request(1) with
        {
            Constraint = OutputConstraint.Regex("(yes|no), [a-z]{2,4}"), MaxTokens = 40, Sampling = SamplingOptions.Greedy, IgnoreEndTokens = ignoreEnds,
        };

        List<GeneratedToken> tokens = await CollectAsync(model, request);

        Assert.Matches("^(yes|no), [a-z]{2,4}$", model.Tokenizer.Decode([.. tokens.Select(token => token.Id)], skipSpecial: true));
        Assert.Equal(ignoreEnds ? GenerationFinish.StopSequence : GenerationFinish.EndToken, tokens[^1].Finish);
    }

    [Fact]
    public async Task GenerateAsync_ContextEnds_TextIsCompleteByThen()
    {
        using DecoderModel model = SeededModel.Create();
        GenerationRequest request = Request(8) with { Constraint = OutputConstraint.JsonSchema("""{"type":"array","items":{"type":"string","minLength":5},"minItems":4}"""), MaxTokens = 4000 };

        List<GeneratedToken> tokens = await CollectAsync(model, request);

        Assert.All(tokens.GroupBy(token => token.Sample), sample =>
        {
            using JsonDocument document = JsonDocument.Parse(model.Tokenizer.Decode([.. sample.Select(token => token.Id)], skipSpecial: true));
            Assert.True(document.RootElement.GetArrayLength() >= 4);
        });
    }

    [Fact]
    public void GenerateAsync_BadSchema_IsRefusedAtOnce()
    {
        using DecoderModel model = SeededModel.Create();

        Assert.Throws<ConstraintException>(() => model.GenerateAsync(Request(1) with { Constraint = OutputConstraint.JsonSchema("{") }, Stop));
        Assert.True(model.Capabilities.HasFlag(LanguageModelCapabilities.Grammar));
    }

    private static GenerationRequest Request(int samples) => new() { Prompts = [PromptSamples.Create(Prompt, 3, 0, samples)] };

    private static async Task<List<GeneratedToken>> CollectAsync(DecoderModel model, GenerationRequest request)
    {
        List<GeneratedToken> tokens = [];
        await foreach (GeneratedToken token in model.GenerateAsync(request, Stop))
        {
            tokens.Add(token);
        }

        return tokens;
    }
}
