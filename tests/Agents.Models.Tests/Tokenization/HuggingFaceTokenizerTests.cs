using System.Text.Json.Nodes;
using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class HuggingFaceTokenizerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-tokenizer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Splitters => ["gpt-2", "llama-bpe", "qwen2"];

    [Theory]
    [MemberData(nameof(Splitters))]
    public async Task ReadAsync_OfWrite_IsTheDefinition(string splitter)
    {
        TokenizerDefinition original = SampleTokenizers.Trained(PreSplitter.ForName(splitter), "<|im_start|>", "<|im_end|>") with
        {
            BosId = 280, EosId = 281, PaddingId = 281, AddBos = true, ChatTemplate = "{{ \"é\" }}", Normalization = "NFC",
        };

        await HuggingFaceTokenizer.WriteAsync(_folder, original, TestContext.Current.CancellationToken);
        TokenizerDefinition read = await ReadAsync();

        Assert.Equal(original.ComputeFingerprint(), read.ComputeFingerprint());
        Assert.Equal(original with { Tokens = read.Tokens, Kinds = read.Kinds, Merges = read.Merges }, read);
        Assert.Equal(["tokenizer.json", "tokenizer_config.json"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task ReadAsync_MergeRuleUnusualForTheFamily_IsKept()
    {
        TokenizerDefinition original = SampleTokenizers.Trained(PreSplitter.Llama3) with { IgnoreMerges = false };

        await HuggingFaceTokenizer.WriteAsync(_folder, original, TestContext.Current.CancellationToken);

        Assert.False((await ReadAsync()).IgnoreMerges);
    }

    [Fact]
    public async Task WriteAsync_UnusedTokens_LeavesThemOutAndReadsGapsBack()
    {
        TokenizerDefinition original = SampleTokenizers.WithAdded(TokenKind.Unused, "[PAD256]", "<|x|>", "[PAD258]") with
        {
            Kinds = [.. Enumerable.Repeat(TokenKind.Normal, 256), TokenKind.Unused, TokenKind.Control, TokenKind.Unused],
        };

        await HuggingFaceTokenizer.WriteAsync(_folder, original, TestContext.Current.CancellationToken);
        TokenizerDefinition read = await ReadAsync();

        Assert.Equal(258, read.Tokens.Count);
        Assert.Equal(TokenKind.Unused, read.KindOf(256));
        Assert.Equal(original.ComputeFingerprint(), read.ComputeFingerprint());
    }

    [Fact]
    public async Task ReadAsync_OlderSpellings_AreUnderstood()
    {
        await WriteSampleAsync();
        Edit("tokenizer.json", root =>
        {
            JsonArray merges = root["model"]!["merges"]!.AsArray();
            root["model"]!["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)$"{merge![0]} {merge[1]}")]);
            root["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false };
        });
        Edit("tokenizer_config.json", root =>
        {
            root["eos_token"] = new JsonObject { ["content"] = "<|im_end|>", ["lstrip"] = false };
            root["chat_template"] = new JsonArray(
                new JsonObject { ["name"] = "rag", ["template"] = "no" }, new JsonObject { ["name"] = "default", ["template"] = "yes" });
        });

        TokenizerDefinition read = await ReadAsync();

        Assert.Equal(SampleTokenizers.Trained(PreSplitter.Gpt2, "<|im_end|>").ComputeFingerprint(), read.ComputeFingerprint());
        Assert.Equal(280, read.EosId);
        Assert.Equal("yes", read.ChatTemplate);
    }

    [Fact]
    public async Task ReadAsync_TemplateInItsOwnFile_WinsOverTheConfiguration()
    {
        await WriteSampleAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder, "chat_template.jinja"), "own", TestContext.Current.CancellationToken);

        Assert.Equal("own", (await ReadAsync()).ChatTemplate);
    }

    [Fact]
    public async Task ReadAsync_NoConfiguration_StillReadsTheVocabulary()
    {
        await WriteSampleAsync();
        File.Delete(Path.Combine(_folder, "tokenizer_config.json"));

        TokenizerDefinition read = await ReadAsync();

        Assert.Equal(281, read.Tokens.Count);
        Assert.Null(read.EosId);
    }

    [Theory]
    [InlineData("model.type", "\"WordPiece\"", "WordPiece")]
    [InlineData("model.vocab", "{}", "expected ids")]
    [InlineData("model.vocab", "{\"a\": 2000000000}", "expected ids")]
    [InlineData("model.vocab", "{\"a\": -1}", "expected ids")]
    [InlineData("model.vocab", "3", "expected form")]
    [InlineData("model.merges", "[[\"a\"]]", "1 parts")]
    [InlineData("model.merges", "[7]", "expected form")]
    [InlineData("model.vocab", "{\"a\": 2147483647}", "expected ids")]
    [InlineData("normalizer", "{\"type\": \"Lowercase\"}", "Lowercase")]
    [InlineData("pre_tokenizer", "null", "no pre_tokenizer")]
    [InlineData("pre_tokenizer", "{\"type\": \"Whitespace\"}", "Whitespace")]
    [InlineData("pre_tokenizer", "{\"type\": \"ByteLevel\", \"add_prefix_space\": true}", "prefix space")]
    [InlineData("pre_tokenizer.pretokenizers.0.pattern.Regex", "\"x+\"", "'x+'")]
    [InlineData("added_tokens.0.id", "5", "Token id 5")]
    [InlineData("model", "{}", "expected form")]
    public async Task ReadAsync_UnsupportedOrDamaged_IsNamedWithTheFile(string path, string json, string expected)
    {
        await WriteSampleAsync();
        Edit("tokenizer.json", root =>
        {
            string[] steps = path.Split('.');
            JsonNode at = steps[..^1].Aggregate((JsonNode)root, (node, step) => node is JsonArray list ? list[step[0] - '0']! : node[step]!);
            at[steps[^1]] = JsonNode.Parse(json);
        });

        TokenizerException error = await Assert.ThrowsAsync<TokenizerException>(ReadAsync);

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_TruncatedFile_IsRefused()
    {
        await WriteSampleAsync();
        string path = Path.Combine(_folder, "tokenizer.json");
        await using (FileStream stream = File.OpenWrite(path))
        {
            stream.SetLength(stream.Length / 2);
        }

        Assert.Contains(path, (await Assert.ThrowsAsync<TokenizerException>(ReadAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_EmptyFolder_SaysWhatIsMissing() =>
        Assert.Contains("tokenizer.json is missing", (await Assert.ThrowsAsync<TokenizerException>(ReadAsync)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task ReadAsync_RoleOfUnknownToken_IsRefused()
    {
        await WriteSampleAsync();
        Edit("tokenizer_config.json", root => root["bos_token"] = "<s>");

        Assert.Contains("bos_token is '<s>'", (await Assert.ThrowsAsync<TokenizerException>(ReadAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_Cancelled_LeavesNothing()
    {
        TokenizerDefinition definition = SampleTokenizers.Trained(PreSplitter.Gpt2);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => HuggingFaceTokenizer.WriteAsync(_folder, definition, new CancellationToken(canceled: true)));

        Assert.Empty(Directory.GetFiles(_folder));
    }

    private Task WriteSampleAsync() => HuggingFaceTokenizer.WriteAsync(
        _folder, SampleTokenizers.Trained(PreSplitter.Gpt2, "<|im_end|>"), TestContext.Current.CancellationToken);

    private Task<TokenizerDefinition> ReadAsync() => HuggingFaceTokenizer.ReadAsync(_folder, TestContext.Current.CancellationToken);

    private void Edit(string file, Action<JsonObject> change)
    {
        string path = Path.Combine(_folder, file);
        JsonObject root = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(root);
        File.WriteAllText(path, root.ToJsonString());
    }
}
