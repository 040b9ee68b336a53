using System.Text.Json;
using Agents.Cli.Tests.Harness;
using Agents.Models;
using Agents.Models.Adapters;
using Agents.Models.Checkpoints;
using Agents.Models.Gguf;

namespace Agents.Cli.Tests.Commands;

/// <summary>Commands on model files: models, tokenize, generate, score, export.</summary>
public sealed class ModelCommandsTests(RandomModel model)
{
    [Fact]
    public async Task MakeRandom_SameSeed_WritesTheSameFile()
    {
        string again = Path.Combine(BuildPaths.Folder("same-seed"), "again.gguf");
        (await AgentsProcess.RunAsync("models", "make-random", again, "--layers", "1", "--seed", "7", "--json")).Json();
        Assert.Equal(await File.ReadAllBytesAsync(model.Path, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(again, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task MakeRandom_UnknownShape_OffersTheNearest()
    {
        string folder = BuildPaths.Folder("unknown-shape");
        AgentsRun run = await AgentsProcess.RunAsync("models", "make-random", Path.Combine(folder, "x.gguf"), "--shape", "qwen2.5");
        run.FailsWith(2, "'qwen2.5'", "qwen2.5-0.5b");
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task Show_RandomModel_TellsShapeAndTypes()
    {
        JsonElement item = Assert.Single((await AgentsProcess.RunAsync("models", "show", model.Path, "--json")).Json().GetProperty("items").EnumerateArray());
        JsonElement details = item.GetProperty("details");
        Assert.Equal("gguf", item.GetProperty("format").GetString());
        Assert.Equal("llama", details.GetProperty("architecture").GetString());
        Assert.Equal(1, details.GetProperty("layers").GetInt32());
        Assert.Equal(256, details.GetProperty("hiddenSize").GetInt32());
        Assert.Equal(512, details.GetProperty("vocabularySize").GetInt32());
        Assert.Equal("chatml", details.GetProperty("chatTemplate").GetString());
        Assert.Equal(11, details.GetProperty("tensorTypes").GetProperty("F32").GetInt32());
    }

    [Fact]
    public async Task List_HomeFolder_NamesItsModels()
    {
        string home = BuildPaths.Folder("home-with-model");
        Directory.CreateDirectory(Path.Combine(home, "models"));
        File.Copy(model.Path, Path.Combine(home, "models", "mine.gguf"));
        AgentsInvocation invocation = new() { Environment = new Dictionary<string, string> { ["AGENTS_HOME"] = home } };
        JsonElement items = (await AgentsProcess.RunAsync(invocation, "models", "list", "--json")).Json().GetProperty("items");
        Assert.Contains(items.EnumerateArray(), item => item.GetProperty("name").GetString() == "mine.gguf" && item.GetProperty("source").GetString() == "home");
        JsonElement tokens = (await AgentsProcess.RunAsync(invocation, "tokenize", "--model", "mine", "--text", "a", "--json")).Json();
        Assert.Equal([97], tokens.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
    }

    [Fact]
    public async Task Generate_WithAdapter_SaysSomethingElse()
    {
        string path = Path.Combine(BuildPaths.Folder("adapter"), "style.gguf");
        ModelShape shape;
        using (GgufFile file = GgufFile.Open(model.Path))
        {
            shape = GgufCheckpoint.ReadShape(file);
        }

        using (LoraMatrices factors = new("model.layers.0.mlp.down_proj.weight", 2, shape.Layers[0].FeedForwardSize, shape.HiddenSize, 1))
        {
            factors.AValues.Fill(0.5f);
            factors.BValues.Fill(-0.5f);
            using LoraAdapter adapter = new("style", [factors], 2);
            GgufAdapter.Save(path, adapter, shape);
        }

        string[] command = ["generate", "--model", model.Path, "--prompt", "ann has 3 figs", "--max-tokens", "4", "--ignore-end", "--json"];
        JsonElement plain = (await AgentsProcess.RunAsync(command)).Json();
        JsonElement styled = (await AgentsProcess.RunAsync([.. command, "--adapter", path])).Json();
        Assert.NotEqual(plain.GetProperty("tokens").ToString(), styled.GetProperty("tokens").ToString());
        Assert.Equal(4, styled.GetProperty("tokens").GetArrayLength());
        Assert.NotEqual(plain.GetProperty("generation").GetString(), styled.GetProperty("generation").GetString());
        (await AgentsProcess.RunAsync([.. command, "--adapter", path + "x"])).FailsWith(1, "style.ggufx");
    }

    [Fact]
    public async Task Generate_UnderARegularExpression_MatchesIt()
    {
        JsonElement document = (await AgentsProcess.RunAsync("generate", "--model", model.Path, "--prompt", "n", "--regex", "[0-9]{2}-(yes|no)", "--json")).Json();
        Assert.Matches("^[0-9]{2}-(yes|no)$", document.GetProperty("text").GetString());
        (await AgentsProcess.RunAsync("generate", "--model", model.Path, "--prompt", "n", "--regex", "(a")).FailsWith(1, "')'");
    }

    [Theory]
    [InlineData("score", "--text", "x")]
    [InlineData("tokenize", "--text", "x")]
    [InlineData("generate", "--prompt", "x")]
    [InlineData("ask", "x", "--strategy", "direct")]
    public async Task A_missing_model_is_one_line_with_the_nearest_file(params string[] command)
    {
        AgentsRun run = await AgentsProcess.RunAsync([.. command, "--model", Path.Combine(BuildPaths.Scratch, "randon.gguf")]);
        run.FailsWith(1, "randon.gguf", "'random.gguf'");
    }

    [Theory]
    [InlineData(20)]
    [InlineData(3000)]
    [InlineData(20000)]
    public async Task A_truncated_model_is_one_line(int bytes)
    {
        byte[] whole = await File.ReadAllBytesAsync(model.Path, TestContext.Current.CancellationToken);
        string cut = Path.Combine(BuildPaths.Folder("truncated-" + bytes), "cut.gguf");
        await File.WriteAllBytesAsync(cut, whole[..bytes], TestContext.Current.CancellationToken);
        AgentsRun run = await AgentsProcess.RunAsync("ask", "x", "--model", cut);
        run.FailsWith(1, "cut.gguf");
    }

    [Fact]
    public async Task Tokenize_FromStandardInput_GivesIdsAndPieces()
    {
        AgentsRun run = await AgentsProcess.RunAsync(new AgentsInvocation { Input = "aba é" }, "tokenize", "--model", model.Path, "--file", "-", "--json");
        JsonElement document = run.Json();
        Assert.Equal(["ab", "a", " ", "<0xC3>", "<0xA9>"], document.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()!));
        Assert.Equal(5, document.GetProperty("ids").GetArrayLength());
    }

    [Fact]
    public async Task Tokenize_ControlTokens_OnlyWithSpecial()
    {
        JsonElement plain = (await AgentsProcess.RunAsync("tokenize", "--model", model.Path, "--text", "<|im_end|>", "--json")).Json();
        JsonElement special = (await AgentsProcess.RunAsync("tokenize", "--model", model.Path, "--text", "<|im_end|>", "--special", "--json")).Json();
        Assert.True(plain.GetProperty("ids").GetArrayLength() > 1);
        Assert.Equal(511, Assert.Single(special.GetProperty("ids").EnumerateArray()).GetInt32());
    }

    [Fact]
    public async Task Tokenize_TextAndFile_IsWrongUsage()
    {
        AgentsRun run = await AgentsProcess.RunAsync("tokenize", "--model", model.Path, "--text", "a", "--file", "b");
        run.FailsWith(2, "--text or --file");
    }

    [Fact]
    public async Task Generate_Greedy_IsRepeatableAndCounted()
    {
        string[] arguments = ["generate", "--model", model.Path, "--prompt", "hello", "--max-tokens", "6", "--logprobs", "3", "--ignore-end", "--json"];
        JsonElement first = (await AgentsProcess.RunAsync(arguments)).Json();
        JsonElement second = (await AgentsProcess.RunAsync(arguments)).Json();
        JsonElement[] tokens = [.. first.GetProperty("tokens").EnumerateArray()];
        Assert.Equal(6, tokens.Length);
        Assert.Equal("length", first.GetProperty("finishReason").GetString());
        Assert.Equal(Ids(first), Ids(second));
        Assert.All(tokens, token =>
        {
            JsonElement[] alternatives = [.. token.GetProperty("alternatives").EnumerateArray()];
            Assert.Equal(3, alternatives.Length);
            Assert.Equal(token.GetProperty("id").GetInt32(), alternatives[0].GetProperty("id").GetInt32());
            Assert.Equal(token.GetProperty("logProb").GetDouble(), alternatives[0].GetProperty("logProb").GetDouble(), 5);
        });
        Assert.True(first.GetProperty("decodeTokensPerSecond").GetDouble() > 0);
        Assert.True(first.GetProperty("prefillTokensPerSecond").GetDouble() > 0);
        Assert.Equal(64, first.GetProperty("generation").GetString()!.Length);
    }

    [Fact]
    public async Task Generate_Seeds_DecideTheTokens()
    {
        async Task<int[]> Sample(string seed) =>
            Ids((await AgentsProcess.RunAsync("generate", "--model", model.Path, "--prompt", "a", "--max-tokens", "8", "--temperature", "1", "--seed", seed, "--ignore-end", "--json")).Json());
        Assert.Equal(await Sample("1"), await Sample("1"));
        Assert.NotEqual(await Sample("1"), await Sample("2"));
    }

    [Fact]
    public async Task Generate_EmptyPrompt_IsWrongUsage()
    {
        AgentsRun run = await AgentsProcess.RunAsync("generate", "--model", model.Path, "--prompt", "");
        run.FailsWith(2, "prompt is empty");
    }

    [Fact]
    public async Task Score_AgreesWithTheLogProbabilitiesOfGeneration()
    {
        JsonElement generated = (await AgentsProcess.RunAsync("generate", "--model", model.Path, "--prompt", "ab", "--max-tokens", "1", "--logprobs", "1", "--ignore-end", "--json")).Json();
        JsonElement token = generated.GetProperty("tokens")[0];
        JsonElement prompt = (await AgentsProcess.RunAsync("score", "--model", model.Path, "--text", "ab", "--json")).Json();
        Assert.Equal(0, prompt.GetProperty("tokens").GetInt32());
        Assert.Equal(1, prompt.GetProperty("perplexity").GetDouble());
        Assert.InRange(token.GetProperty("logProb").GetDouble(), -7, -3);
        JsonElement text = (await AgentsProcess.RunAsync("score", "--model", model.Path, "--text", "ab and more", "--json")).Json();
        double perplexity = Math.Exp(text.GetProperty("negativeLogLikelihood").GetDouble() / text.GetProperty("tokens").GetInt32());
        Assert.Equal(perplexity, text.GetProperty("perplexity").GetDouble(), 6);
    }

    [Fact]
    public async Task Score_MissingFile_IsOneLine()
    {
        AgentsRun run = await AgentsProcess.RunAsync("score", "--model", model.Path, "--file", "nowhere.txt");
        run.FailsWith(1, "nowhere.txt");
    }

    [Fact]
    public async Task Export_ToSafetensorsAndBack_KeepsEveryToken()
    {
        string folder = BuildPaths.Folder("export");
        string safetensors = Path.Combine(folder, "model");
        string back = Path.Combine(folder, "back.gguf");
        JsonElement first = (await AgentsProcess.RunAsync("export", model.Path, safetensors, "--json")).Json();
        JsonElement second = (await AgentsProcess.RunAsync("export", safetensors, back, "--type", "f32", "--json")).Json();
        Assert.Equal("safetensors", first.GetProperty("format").GetString());
        Assert.Equal(first.GetProperty("tensors").GetInt32(), second.GetProperty("tensors").GetInt32());
        Assert.Equal(new FileInfo(back).Length, second.GetProperty("bytes").GetInt64());
        int[] original = Ids((await AgentsProcess.RunAsync("generate", "--model", model.Path, "--prompt", "abc", "--max-tokens", "5", "--ignore-end", "--json")).Json());
        Assert.Equal(original, Ids((await AgentsProcess.RunAsync("generate", "--model", back, "--prompt", "abc", "--max-tokens", "5", "--ignore-end", "--json")).Json()));
        Assert.Equal(original, Ids((await AgentsProcess.RunAsync("generate", "--model", safetensors, "--prompt", "abc", "--max-tokens", "5", "--ignore-end", "--json")).Json()));
    }

    [Fact]
    public async Task Export_Quantized_IsSmaller()
    {
        string output = Path.Combine(BuildPaths.Folder("quantized"), "q.gguf");
        JsonElement document = (await AgentsProcess.RunAsync("export", model.Path, output, "--type", "q8_0", "--json")).Json();
        Assert.True(document.GetProperty("bytes").GetInt64() < new FileInfo(model.Path).Length / 3);
    }

    [Theory]
    [InlineData("folder", "q8_0", "q8_0")]
    [InlineData("folder", "q4_k_m", "q4_k_m")]
    [InlineData("x.gguf", "q9", "q8_0")]
    public async Task Export_ImpossibleType_WritesNothing(string output, string type, string word)
    {
        string folder = BuildPaths.Folder("impossible-" + type);
        AgentsRun run = await AgentsProcess.RunAsync("export", model.Path, Path.Combine(folder, output), "--type", type);
        run.FailsWith(2, word);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task Export_OntoItself_IsRefused()
    {
        AgentsRun run = await AgentsProcess.RunAsync("export", model.Path, model.Path);
        run.FailsWith(2, "the same");
    }

    [Fact]
    public async Task An_endpoint_has_no_tokens_to_show()
    {
        AgentsRun run = await AgentsProcess.RunAsync("tokenize", "--model", "openai:m@http://127.0.0.1:1/v1", "--text", "x");
        run.FailsWith(2, "endpoint");
    }

    private static int[] Ids(JsonElement document) => [.. document.GetProperty("tokens").EnumerateArray().Select(token => token.GetProperty("id").GetInt32())];
}
