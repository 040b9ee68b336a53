using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary>agents quantize, and the element types of export and make-random.</summary>
public sealed class QuantizeTests(RandomModel model)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("q4_k", "Q4_K", 4.5, 4.7)]
    [InlineData("Q4_K_M", "Q6_K", 4.6, 6.0)]
    [InlineData("q8_0", "Q8_0", 8.5, 8.7)]
    public async Task Quantize_AMethod_ReportsSizesAndPerplexities(string method, string type, double least, double most)
    {
        string output = Path.Combine(BuildPaths.Folder("quantize-" + method), "out.gguf");
        JsonElement document = (await AgentsProcess.RunAsync("quantize", model.Path, output, "--method", method, "--json")).Json();

        Assert.Equal(method.ToLowerInvariant(), document.GetProperty("method").GetString());
        Assert.Equal(output, document.GetProperty("output").GetString());
        Assert.InRange(document.GetProperty("bitsPerWeight").GetDouble(), least, most);
        Assert.Equal(new FileInfo(model.Path).Length, document.GetProperty("bytesBefore").GetInt64());
        Assert.Equal(new FileInfo(output).Length, document.GetProperty("bytesAfter").GetInt64());
        Assert.InRange(document.GetProperty("perplexityAfter").GetDouble() / document.GetProperty("perplexityBefore").GetDouble(), 0.9, 1.1);
        Assert.InRange(document.GetProperty("scoredTokens").GetInt32(), 300, 10_000);
        Assert.Equal(0, document.GetProperty("fallbackMatrices").GetInt32());
        JsonElement details = (await AgentsProcess.RunAsync("models", "show", output, "--json")).Json().GetProperty("items")[0].GetProperty("details");
        Assert.True(details.GetProperty("tensorTypes").GetProperty(type).GetInt32() > 0);
    }

    [Fact]
    public async Task Quantize_OwnText_IsWhatIsScored()
    {
        string folder = BuildPaths.Folder("quantize-text");
        string text = Path.Combine(folder, "text.txt");
        await File.WriteAllTextAsync(text, "ab and more", Stop);
        JsonElement scored = (await AgentsProcess.RunAsync("score", "--model", model.Path, "--file", text, "--json")).Json();

        JsonElement document = (await AgentsProcess.RunAsync("quantize", model.Path, Path.Combine(folder, "q.gguf"), "--method", "q8_0", "--text", text, "--json")).Json();

        Assert.Equal(scored.GetProperty("tokens").GetInt32(), document.GetProperty("scoredTokens").GetInt32());
        Assert.Equal(scored.GetProperty("perplexity").GetDouble(), document.GetProperty("perplexityBefore").GetDouble(), 6);
    }

    [Fact]
    public async Task Quantize_WithoutPerplexity_OnlyConverts()
    {
        string output = Path.Combine(BuildPaths.Folder("quantize-only"), "new-folder", "q.gguf");
        AgentsRun run = await AgentsProcess.RunAsync("quantize", model.Path, output, "--method", "tq2_0", "--no-perplexity", "--json");

        JsonElement document = run.Json();
        Assert.Equal(JsonValueKind.Null, document.GetProperty("perplexityBefore").ValueKind);
        Assert.Equal(JsonValueKind.Null, document.GetProperty("perplexityAfter").ValueKind);
        Assert.True(File.Exists(output));
    }

    [Fact]
    public async Task Quantize_ForPeople_IsOneLinePerFact()
    {
        string output = Path.Combine(BuildPaths.Folder("quantize-plain"), "q.gguf");
        AgentsRun run = await AgentsProcess.RunAsync("quantize", model.Path, output, "--method", "q5_k");

        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("bits per weight", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("perplexity ", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("q4k", "'q4_k'")]
    [InlineData("q7_k", "'q2_k'")]
    [InlineData("gptq-4", "Known: bf16")]
    public async Task Quantize_UnknownMethod_OffersTheNearestAndWritesNothing(string method, string expected)
    {
        string folder = BuildPaths.Folder("quantize-unknown-" + method);
        AgentsRun run = await AgentsProcess.RunAsync("quantize", model.Path, Path.Combine(folder, "q.gguf"), "--method", method);
        run.FailsWith(2, $"'{method}'", expected);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Theory]
    [InlineData("q.safetensors", ".gguf")]
    [InlineData("folder", ".gguf")]
    public async Task Quantize_OutputThatIsNoGguf_IsWrongUsage(string name, string word)
    {
        string folder = BuildPaths.Folder("quantize-name-" + name);
        AgentsRun run = await AgentsProcess.RunAsync("quantize", model.Path, Path.Combine(folder, name), "--method", "q4_0");
        run.FailsWith(2, word);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task Quantize_OntoItself_IsRefused()
    {
        AgentsRun run = await AgentsProcess.RunAsync("quantize", model.Path, model.Path, "--method", "q4_0");
        run.FailsWith(2, "the same");
    }

    [Fact]
    public async Task Quantize_WithoutMethod_IsWrongUsage()
    {
        AgentsRun run = await AgentsProcess.RunAsync("quantize", model.Path, "x.gguf");
        run.FailsWith(2, "--method");
    }

    [Fact]
    public async Task Quantize_TextAndNoPerplexity_IsWrongUsage()
    {
        AgentsRun run = await AgentsProcess.RunAsync("quantize", model.Path, "x.gguf", "--method", "q4_0", "--text", "x", "--no-perplexity");
        run.FailsWith(2, "--no-perplexity");
    }

    [Fact]
    public async Task Quantize_MissingText_IsOneLine()
    {
        string folder = BuildPaths.Folder("quantize-missing-text");
        AgentsRun run = await AgentsProcess.RunAsync("quantize", model.Path, Path.Combine(folder, "q.gguf"), "--method", "q4_0", "--text", "nowhere.txt");
        run.FailsWith(1, "nowhere.txt");
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task Export_AndMakeRandom_WriteTheSameMixture()
    {
        string folder = BuildPaths.Folder("mixture");
        string made = Path.Combine(folder, "made.gguf");
        string exported = Path.Combine(folder, "exported.gguf");
        (await AgentsProcess.RunAsync("models", "make-random", made, "--layers", "1", "--seed", "7", "--type", "q4_k_m", "--json")).Json();
        JsonElement document = (await AgentsProcess.RunAsync("export", model.Path, exported, "--type", "Q4_K_M", "--json")).Json();

        Assert.Equal("q4_k_m", document.GetProperty("type").GetString());
        Assert.Equal(await File.ReadAllBytesAsync(made, Stop), await File.ReadAllBytesAsync(exported, Stop));
    }

    [Theory]
    [InlineData("q4k", "'q4_k'")]
    [InlineData("iq4-nl", "'iq4_nl'")]
    public async Task MakeRandom_UnknownType_OffersTheNearest(string type, string expected)
    {
        string folder = BuildPaths.Folder("make-random-" + type);
        AgentsRun run = await AgentsProcess.RunAsync("models", "make-random", Path.Combine(folder, "x.gguf"), "--type", type);
        run.FailsWith(2, $"'{type}'", expected);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }
}
