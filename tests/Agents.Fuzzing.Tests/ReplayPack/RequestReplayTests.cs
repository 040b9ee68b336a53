using Agents.Fuzzing.Targets;
using Agents.Models;
using Agents.Models.Constraints;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;

namespace Agents.Fuzzing.Tests.ReplayPack;

/// <summary>Requests that reached too deep elsewhere: negative numbers (CVE-2026-21869) and malformed schemas of tools (CVE-2025-48944).</summary>
public sealed class RequestReplayTests
{
    private static readonly PromptSamples Prompt = PromptSamples.Create([1, 2], 1, 0, 1);

    public static TheoryData<string> BadRequests => ["max tokens", "no sample", "token id", "negative token id", "temperature", "top-k", "window", "log-probabilities", "too long"];

    [Theory]
    [MemberData(nameof(BadRequests))]
    public void Generate_NumberOutOfRange_IsRefusedBeforeTheEngineSeesIt(string what)
    {
        ModelShape shape = ModelShape.Uniform("llama", 272, 32, 1, new LayerShape(2, 1, 16, 32), 64) with { TiedEmbeddings = true };
        DecoderWeights<float> weights = new(shape);
        using DecoderModel model = new(weights, SmallModels.Tokenizer);
        GenerationRequest good = new() { Prompts = [Prompt], MaxTokens = 4 };
        GenerationRequest bad = what switch
        {
            "max tokens" => good with { MaxTokens = -1 },
            "no sample" => good with { Prompts = [Prompt with { Streams = [] }] },
            "token id" => good with { Prompts = [Prompt with { TokenIds = [272] }] },
            "negative token id" => good with { Prompts = [Prompt with { TokenIds = [-5] }] },
            "temperature" => good with { Sampling = new SamplingOptions { Temperature = double.NaN } },
            "top-k" => good with { Sampling = new SamplingOptions { TopK = -3 } },
            "window" => good with { Sampling = new SamplingOptions { PenaltyWindow = int.MinValue } },
            "log-probabilities" => good with { TopLogProbabilities = -1 },
            _ => good with { Prompts = [Prompt with { TokenIds = new int[64] }] },
        };
        Assert.ThrowsAny<ArgumentException>(() => model.GenerateAsync(bad, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("{\"type\":\"string\",\"pattern\":\"(\"}")]
    [InlineData("{\"type\":\"string\",\"pattern\":\"[z-a]\"}")]
    [InlineData("{\"type\":\"string\",\"pattern\":7}")]
    [InlineData("{\"type\":\"strong\"}")]
    [InlineData("{\"type\":[\"string\",4]}")]
    [InlineData("{\"type\":{\"type\":\"string\"}}")]
    [InlineData("{\"properties\":[1]}")]
    [InlineData("{\"required\":\"name\"}")]
    [InlineData("{\"$ref\":\"#/nowhere\"}")]
    [InlineData("{\"$ref\":\"#\"}")]
    [InlineData("{\"$ref\":\"https://example.com/schema\"}")]
    [InlineData("{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}},\"$ref\":\"#/$defs/a\"}")]
    [InlineData("{\"type\":\"string\",\"minLength\":-1}")]
    [InlineData("{\"type\":\"string\",\"maxLength\":1e300}")]
    [InlineData("{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"minLength\":100000},\"minItems\":100000},\"minItems\":100000}")]
    [InlineData("{\"type\":\"string\",\"pattern\":\"((a{1,1000}){1,1000}){1,1000}\"}")]
    [InlineData("{\"enum\":[]}")]
    [InlineData("{")]
    [InlineData("")]
    public void Schema_Malformed_IsANamedError(string schema) =>
        Assert.Throws<ConstraintException>(() => new ConstraintCompiler(new BytePairTokenizer(SmallModels.Tokenizer)).Compile(OutputConstraint.JsonSchema(schema)));
}
