using System.Text;
using Agents.Fuzzing.Engine;
using Agents.Models;
using Agents.Models.Constraints;
using Agents.Models.Tokenization;

namespace Agents.Fuzzing.Targets;

/// <summary>JSON schemas and regular expressions of requests: compiling, then a random walk along allowed tokens, which must never be stuck.</summary>
/// <param name="kind">Language of the constraint.</param>
public sealed class ConstraintTarget(OutputConstraintKind kind) : IFuzzTarget
{
    private const int Steps = 40;
    private static readonly BytePairTokenizer Tokenizer = new(SmallModels.Tokenizer);

    /// <inheritdoc/>
    public string Name => kind == OutputConstraintKind.Regex ? "regex" : "json-schema";

    /// <inheritdoc/>
    public long AllocationBase => 256L << 20;

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. (kind == OutputConstraintKind.Regex
            ? (string[])["(", ")", "(?:", "[", "]", "[^", "\\d", "\\w", "\\s", "\\S", "\\p{L}", "\\u00e9", "{1,1000}", "{999999}", "{2,}", "*", "+", "?", "|", ".", "^", "$", "\\b", "(?=", "(?<!", "\\1", "(a|b)*", "é", "😀"]
            : ["{", "}", "[", "]", ",", ":", "\"type\":", "\"object\"", "\"array\"", "\"string\"", "\"integer\"", "\"number\"", "\"null\"", "\"properties\":", "\"required\":", "\"additionalProperties\":false",
                "\"items\":", "\"prefixItems\":", "\"minItems\":", "\"maxItems\":", "\"enum\":", "\"const\":", "\"anyOf\":", "\"oneOf\":", "\"allOf\":", "\"$ref\":\"#\"", "\"$defs\":", "\"pattern\":", "\"(a+)+\"",
                "\"minLength\":", "\"maxLength\":", "\"minimum\":", "\"maximum\":", "\"format\":\"date\"", "\"not\":", "true", "false"]).Select(Encoding.UTF8.GetBytes),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds() =>
    [
        .. (kind == OutputConstraintKind.Regex
            ? (string[])["[a-z]{2,5}(-[0-9]+)?", "(yes|no|maybe so)\\.", "\\d{3}\\s\\w+é*"]
            : ["""{"type":"object","properties":{"name":{"type":"string","maxLength":8},"age":{"type":"integer","minimum":0,"maximum":150},"tags":{"type":"array","items":{"enum":["a","b"]},"maxItems":3}},"required":["name"],"additionalProperties":false}""",
                """{"$defs":{"node":{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["next"]}},"$ref":"#/$defs/node"}""",
                """{"oneOf":[{"const":1},{"type":"string","pattern":"[a-c]+"},{"type":"array","prefixItems":[{"type":"boolean"},{"type":"number"}]}]}"""]).Select(Encoding.UTF8.GetBytes),
    ];

    /// <inheritdoc/>
    public void Read(byte[] input)
    {
        ConstraintCompiler compiler = new(Tokenizer);
        CompiledConstraint compiled = compiler.Compile(new OutputConstraint(kind, Encoding.UTF8.GetString(input)));
        ITokenConstraint walk = compiled.Begin([SmallModels.EndId]);
        var allowed = new uint[compiled.Words];
        SampleStream stream = new((ulong)input.Length);
        for (int step = 0; step < Steps; step++)
        {
            walk.Fill(allowed);
            int[] choices = [.. Enumerable.Range(0, Tokenizer.VocabularySize).Where(id => id != SmallModels.EndId && (allowed[id >> 5] >> (id & 31) & 1) != 0)];
            if (choices.Length == 0)
            {
                if (!walk.CanEnd)
                {
                    throw new StuckException($"After {step} tokens nothing is allowed and the text may not end.");
                }

                return;
            }

            walk.Accept(choices[stream.NextInt(choices.Length)]);
        }
    }

    /// <inheritdoc/>
    public bool IsNamed(Exception error) => error is ConstraintException;
}
