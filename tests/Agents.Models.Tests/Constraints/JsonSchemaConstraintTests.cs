using System.Text;
using System.Text.Json;
using Agents.Models.Constraints;

namespace Agents.Models.Tests.Constraints;

public sealed class JsonSchemaConstraintTests
{
    public static TheoryData<string> Schemas =>
    [
        "true",
        "{}",
        """{"type":"object"}""",
        """{"type":"array"}""",
        """{"type":["string","null"]}""",
        """{"type":"string","minLength":2,"maxLength":5}""",
        """{"type":"string","minLength":40}""",
        """{"type":"string","maxLength":0}""",
        """{"type":"string","pattern":"^[a-z\"\\\\\\n]{2,6}$"}""",
        """{"type":"string","pattern":"ab"}""",
        """{"type":"string","pattern":"^\\d{3}$","minLength":1,"maxLength":3}""",
        """{"type":"string","format":"date"}""",
        """{"type":"string","format":"time"}""",
        """{"type":"string","format":"date-time"}""",
        """{"type":"string","format":"uuid"}""",
        """{"type":"string","format":"email"}""",
        """{"type":"string","format":"ipv4"}""",
        """{"type":"string","format":"ipv6"}""",
        """{"type":"string","format":"hostname"}""",
        """{"type":"string","format":"uri"}""",
        """{"type":"string","format":"duration"}""",
        """{"type":"integer","minimum":3,"maximum":1207}""",
        """{"type":"integer","minimum":-15,"maximum":7}""",
        """{"type":"integer","exclusiveMinimum":-3,"exclusiveMaximum":0}""",
        """{"type":"integer","minimum":0}""",
        """{"type":"integer","maximum":-5}""",
        """{"type":"integer","minimum":99999999999999999}""",
        """{"type":"number","minimum":0,"maximum":1}""",
        """{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}""",
        """{"type":"number","minimum":-2.5,"maximum":3.5}""",
        """{"type":"number","maximum":-1}""",
        """{"type":"number","exclusiveMaximum":0}""",
        """{"enum":["a","ab","abc",1,null,{"x":[1,"ä\"\n"]}]}""",
        """{"type":"string","enum":["red","green"]}""",
        """{"const":{"a":[1,2,{"b":null}]}}""",
        """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"},"c":{"type":"boolean"}},"required":["b"]}""",
        """{"type":"object","properties":{"a":{"type":"string"},"ab":{"type":"null"}},"additionalProperties":{"type":"integer"},"required":["ab"]}""",
        """{"type":"object","additionalProperties":{"type":"boolean"}}""",
        """{"type":"object","required":["x","y"]}""",
        """{"properties":{"weird \" name/~":{"const":1}},"required":["weird \" name/~"],"additionalProperties":false}""",
        """{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":4}""",
        """{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}""",
        """{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":{"type":"null"},"minItems":1,"maxItems":3}""",
        """{"type":"array","prefixItems":[{"const":1}],"minItems":3}""",
        """{"type":"array","maxItems":0}""",
        """{"anyOf":[{"type":"string"},{"type":"object","properties":{"k":{"const":"v"}},"required":["k"]}]}""",
        """{"type":"object","properties":{"a":{"type":"integer"}},"oneOf":[{"required":["a"]},{"properties":{"b":{"type":"string"}},"required":["b"]}]}""",
        """{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"a":{"minimum":5},"b":{"type":"null"}},"required":["b"]}]}""",
        """{"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false},{"properties":{"b":{"type":"null"}}}]}""",
        """{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"value":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["value","next"]}}}""",
        """{"type":"array","items":{"$ref":"#"}}""",
        """{"anyOf":[{"type":"integer"},{"type":"array","items":{"$ref":"#"},"minItems":1}]}""",
        """{"type":"object","properties":{"children":{"type":"array","items":{"$ref":"#"},"minItems":0},"name":{"type":"string","maxLength":3}},"required":["name"]}""",
        """{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"type":"string","maxLength":4}},"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/b"}]}""",
        """{"title":"x","description":"y","default":1,"examples":[],"$schema":"s","$comment":"c","deprecated":true,"type":"integer"}""",
    ];

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Write_RandomModels_AlwaysValidates(string schema)
    {
        foreach (ITokenizer tokenizer in (ITokenizer[])[ConstrainedText.Bytes, ConstrainedText.Json])
        {
            CompiledConstraint constraint = new ConstraintCompiler(tokenizer).Compile(OutputConstraint.JsonSchema(schema));
            for (ulong run = 0; run < 40; run++)
            {
                int limit = (int)constraint.ShortestText + 1 + (int)(run * 7);
                (string text, bool complete, _) = ConstrainedText.Write(constraint, tokenizer, new SampleStream(run), limit, bias: run % 3 * 0.3);

                Assert.True(complete, $"Not complete after {limit} tokens: {text}");
                Assert.True(SchemaValidator.Validates(schema, text), text);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Write_GeneratedSchemas_AlwaysValidatesOrIsRefusedByName(ulong seed)
    {
        RandomSchema schemas = new(new SampleStream(seed));
        int accepted = 0;
        for (ulong number = 0; number < 100; number++)
        {
            string schema = schemas.Next();
            ITokenizer tokenizer = number % 2 == 0 ? ConstrainedText.Bytes : ConstrainedText.Json;
            CompiledConstraint constraint;
            try
            {
                constraint = new ConstraintCompiler(tokenizer).Compile(OutputConstraint.JsonSchema(schema));
            }
            catch (ConstraintException)
            {
                continue;
            }

            accepted++;
            for (ulong run = 0; run < 4; run++)
            {
                int limit = (int)constraint.ShortestText + 1 + (int)(run * 15);
                (string text, bool complete, _) = ConstrainedText.Write(constraint, tokenizer, new SampleStream((number * 4) + run), limit, bias: run % 3 * 0.3);

                Assert.True(complete, $"Not complete after {limit} tokens: {text}\n{schema}");
                Assert.True(SchemaValidator.Validates(schema, text), $"{text}\n{schema}");
                Assert.True(constraint.Matches(Encoding.UTF8.GetBytes(text)), $"{text}\n{schema}");
            }
        }

        Assert.True(accepted >= 60, $"Only {accepted} of 100 schemas were accepted.");
    }

    [Fact]
    public void Write_AnyJson_IsDeepEnoughAndNeverTooDeep()
    {
        CompiledConstraint constraint = new ConstraintCompiler(ConstrainedText.Bytes).Compile(OutputConstraint.Json);
        ITokenConstraint sample = constraint.Begin(ConstrainedText.Bytes.EndIds);
        uint[] allowed = new uint[constraint.Words];
        int depth = 0;
        while (true)
        {
            sample.Fill(allowed);
            if ((allowed['[' / 32] >> ('[' % 32) & 1) == 0)
            {
                break;
            }

            sample.Accept('[');
            depth++;
        }

        Assert.InRange(depth, 50, 64);
        Assert.Throws<InvalidOperationException>(() => sample.Accept('['));
        for (int i = 0; i < depth; i++)
        {
            sample.Fill(allowed);
            Assert.False(sample.CanEnd);
            sample.Accept(']');
        }

        Assert.True(sample.CanEnd);
        Assert.True(sample.MustEnd);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}}}""", """{}|{"a":1}|{"a": -20}""", """{"a":1.5}|{"b":1}|{"a":01}|{"a":1,}|{  }|[]""")]
    [InlineData("""{"type":"array","items":{"type":"boolean"}}""", "[]|[true]|[true,false]|[true, false]", "[true,]|[1]|[  ]|[true  ,false]")]
    [InlineData("""{"type":"string"}""", "\"\"|\"a\\u00e4\\n\"|\"\\ud83e\\udd8a\"|\"🦊\"", "\"\\ud83e\"|\"\\udd8a\"|\"\\x\"|\"a|\"\n\"")]
    [InlineData("""{"type":"number"}""", "0|-0|1.5|1e5|1E+05|-12.25e-3", "01|1.|.5|+1|1e|1e999|--1")]
    [InlineData("""{"type":"integer","minimum":10,"maximum":12}""", "10|11|12", "9|13|1|010|-10|10.0")]
    public void Matches_KnownTexts_AreDecided(string schema, string inside, string outside)
    {
        CompiledConstraint constraint = new ConstraintCompiler(ConstrainedText.Bytes).Compile(OutputConstraint.JsonSchema(schema));

        Assert.All(inside.Split('|'), text => Assert.True(constraint.Matches(Encoding.UTF8.GetBytes(text)), text));
        Assert.All(outside.Split('|'), text => Assert.False(constraint.Matches(Encoding.UTF8.GetBytes(text)), text));
    }

    [Fact]
    public void Matches_IntegersAroundEveryBound_AreExact()
    {
        foreach ((int low, int high) in (ReadOnlySpan<(int, int)>)[(0, 0), (-1, 1), (7, 131), (-131, -7), (-25, 104), (99, 100), (100, 999), (-1000, 1000)])
        {
            CompiledConstraint constraint = new ConstraintCompiler(ConstrainedText.Bytes).Compile(
                OutputConstraint.JsonSchema($$"""{"type":"integer","minimum":{{low}},"maximum":{{high}}}"""));
            for (int value = -1200; value <= 1200; value++)
            {
                Assert.Equal(value >= low && value <= high, constraint.Matches(Encoding.UTF8.GetBytes($"{value}")));
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"string","contentEncoding":"base64"}""", "contentEncoding")]
    [InlineData("""{"properties":{"a":{"not":{}}}}""", "#/properties/a/not")]
    [InlineData("""{"if":{}}""", "if")]
    [InlineData("""{"patternProperties":{}}""", "patternProperties")]
    [InlineData("""{"uniqueItems":true}""", "uniqueItems")]
    [InlineData("""{"multipleOf":3}""", "multipleOf")]
    [InlineData("""{"type":"text"}""", "text")]
    [InlineData("""{"type":"string","format":"colour"}""", "colour")]
    [InlineData("""{"type":"string","pattern":"a(?=b)"}""", "look-ahead")]
    [InlineData("""{"type":"string","pattern":"^a*$","maxLength":3}""", "maxLength")]
    [InlineData("""{"$ref":"http://example.org/x"}""", "inside the document")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "does not have")]
    [InlineData("""{"$ref":"#"}""", "cycle")]
    [InlineData("""{"anyOf":[{"type":"string"},{"$ref":"#"}]}""", "cycle")]
    [InlineData("""{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}""", "cycle")]
    [InlineData("""{"type":"array","items":{"$ref":"#"},"minItems":1}""", "No text")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "No text")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"integer"}]}""", "No text")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":4}""", "No text")]
    [InlineData("""{"enum":[]}""", "No text")]
    [InlineData("false", "No text")]
    [InlineData("""{"type":"number","minimum":0.2,"maximum":0.8}""", "whole number")]
    [InlineData("""{"enum":["a"],"minLength":1}""", "minLength")]
    [InlineData("""{"maxProperties":2}""", "maxProperties")]
    [InlineData("""{"minProperties":2}""", "minProperties")]
    [InlineData("""{"items":[{}]}""", "prefixItems")]
    [InlineData("""{"required":"a"}""", "required")]
    [InlineData("""{"minLength":-1}""", "minLength")]
    [InlineData("""{"minLength":"1"}""", "minLength")]
    [InlineData("""{"anyOf":[]}""", "anyOf")]
    [InlineData("""{"type":"string","type":"integer"}""", "no JSON")]
    [InlineData("""[1]""", "expected an object")]
    [InlineData("""{"a""", "no JSON")]
    [InlineData("", "no JSON")]
    public void Compile_WhatItCannotEnforce_IsNamed(string schema, string what)
    {
        ConstraintException error = Assert.Throws<ConstraintException>(
            () => new ConstraintCompiler(ConstrainedText.Bytes).Compile(OutputConstraint.JsonSchema(schema)));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_UntilTheLimit_IsCompleteExactlyWhenThereIsRoom()
    {
        const string schema = """{"type":"object","properties":{"text":{"type":"string"},"list":{"type":"array","items":{"type":"number"}}},"required":["text","list"]}""";
        CompiledConstraint constraint = new ConstraintCompiler(ConstrainedText.Json).Compile(OutputConstraint.JsonSchema(schema));

        Assert.Equal("""{"text":"","list":[]}""".Length, constraint.ShortestText);
        for (int limit = (int)constraint.ShortestText; limit < 60; limit++)
        {
            (string text, bool complete, int tokens) = ConstrainedText.Write(constraint, ConstrainedText.Json, new SampleStream((ulong)limit), limit);

            Assert.True(complete, text);
            Assert.True(tokens <= limit);
            Assert.True(SchemaValidator.Validates(schema, text), text);
        }
    }

    [Fact]
    public void Write_WithoutFinishing_RunsIntoTheLimit()
    {
        OutputConstraint endless = OutputConstraint.JsonSchema("""{"type":"string","minLength":30}""") with { FinishesInTime = false };
        CompiledConstraint constraint = new ConstraintCompiler(ConstrainedText.Bytes).Compile(endless);

        Assert.False(ConstrainedText.Write(constraint, ConstrainedText.Bytes, new SampleStream(1), 20).Complete);
    }

    [Fact]
    public void Compile_SameConstraintTwice_IsShared()
    {
        ConstraintCompiler compiler = new(ConstrainedText.Bytes);

        Assert.Same(compiler.Compile(OutputConstraint.Json), compiler.Compile(new OutputConstraint(OutputConstraintKind.Json, "")));
        Assert.NotSame(compiler.Compile(OutputConstraint.Json), compiler.Compile(OutputConstraint.Json with { FinishesInTime = false }));
    }

    [Fact]
    public void Fill_OnceWarm_AllocatesNothing()
    {
        CompiledConstraint constraint = new ConstraintCompiler(ConstrainedText.Json).Compile(OutputConstraint.Json);
        uint[] allowed = new uint[constraint.Words];
        int[] ids = ConstrainedText.Json.Encode("""{"name": "the käse", "items": [1, {"id": 2}]}""");
        void Run(ITokenConstraint sample)
        {
            foreach (int id in ids)
            {
                sample.Fill(allowed, 400);
                sample.Accept(id);
            }
        }

        Run(constraint.Begin(ConstrainedText.Json.EndIds));
        ITokenConstraint measured = constraint.Begin(ConstrainedText.Json.EndIds);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Run(measured);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
