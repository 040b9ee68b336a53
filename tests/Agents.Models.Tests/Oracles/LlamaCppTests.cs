using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Oracles;

/// <summary>Agreement with llama.cpp on seeded random models of the shape of <c>tiny</c>. Opt-in: see tests/oracles/llama-cpp/package.json.</summary>
public sealed class LlamaCppTests : IDisposable
{
    private const double NearTie = 0.1;

    private readonly string _folder = Directory.CreateTempSubdirectory("agents-oracle-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("llama", 64, 32)]
    [InlineData("qwen2", 16, 16)]
    [InlineData("qwen3", 16, 16)]
    public async Task Greedy_F32_GivesTheSameTokens(string architecture, int prompts, int count)
    {
        string oracle = LlamaCppProcess.RequireFolder();
        (string path, int[][] inputs) = Prepare(architecture, MatrixTypes.Of(ElementType.F32), prompts);

        int[][] expected = await LlamaCppProcess.AskAsync(oracle, path, inputs.Select(tokens => new { tokens, count }), Stop);
        GeneratedToken[][] actual = await GreedyAsync(path, inputs, count);

        for (int i = 0; i < prompts; i++)
        {
            Assert.Equal(expected[i], actual[i].Select(token => token.Id));
        }
    }

    public static TheoryData<string> Ids => [.. MatrixTypes.All.Select(types => types.Id)];

    [Fact]
    public async Task Greedy_Q8_DivergesOnlyAtNearTies()
    {
        string oracle = LlamaCppProcess.RequireFolder();
        const int count = 32;
        (string path, int[][] inputs) = Prepare("llama", MatrixTypes.Of(ElementType.Q8_0), 64);

        int[][] expected = await LlamaCppProcess.AskAsync(oracle, path, inputs.Select(tokens => new { tokens, count }), Stop);
        GeneratedToken[][] actual = await GreedyAsync(path, inputs, count);

        AssertDivergesOnlyAtNearTies(expected, actual, count);
    }

    /// <summary>Files of every type load and say the same, but for near ties: the types of super-blocks round activations in blocks of 256 there, more coarsely than Q8_0.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Greedy_EveryType_DivergesOnlyAtNearTies(string id)
    {
        string oracle = LlamaCppProcess.RequireFolder();
        const int count = 12;
        (string path, int[][] inputs) = Prepare("llama", MatrixTypes.All.Single(types => types.Id == id), 32);

        int[][] expected = await LlamaCppProcess.AskAsync(oracle, path, inputs.Select(tokens => new { tokens, count }), Stop);
        GeneratedToken[][] actual = await GreedyAsync(path, inputs, count);

        AssertDivergesOnlyAtNearTies(expected, actual, count, id, 2 * NearTie);
        Assert.InRange(expected.Where((tokens, i) => tokens[0] != actual[i][0].Id).Count(), 0, inputs.Length / 8);
    }

    [Fact]
    public async Task Tokenize_MixedText_GivesTheSameIds()
    {
        string oracle = LlamaCppProcess.RequireFolder();
        (string path, _) = Prepare("llama", MatrixTypes.Of(ElementType.F32), 1);
        string[] lines = MixedText.Lines(1000);
        BytePairTokenizer tokenizer = new(OracleModel.Tokenizer);

        int[][] expected = await LlamaCppProcess.AskAsync(oracle, path, lines.Select(text => new { text }), Stop);

        Assert.Equal(lines.Length, expected.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            Assert.Equal(expected[i], tokenizer.Encode(lines[i]));
            Assert.Equal(lines[i], tokenizer.Decode(tokenizer.Encode(lines[i])));
        }
    }

    /// <summary>The first different token of each prompt, if any, must be one where our two best lie close together. Prints how many prompts diverge.</summary>
    internal static void AssertDivergesOnlyAtNearTies(int[][] expected, GeneratedToken[][] actual, int count, string type = "q8_0", double nearTie = NearTie)
    {
        int diverged = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            int at = Enumerable.Range(0, count).FirstOrDefault(step => expected[i][step] != actual[i][step].Id, -1);
            if (at >= 0)
            {
                diverged++;
                IReadOnlyList<TokenAlternative> best = actual[i][at].Alternatives;
                Assert.True(best[0].LogProbability - best[1].LogProbability <= nearTie, $"Prompt {i} diverges at step {at} by {best[0].LogProbability - best[1].LogProbability} nat.");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{type}: {diverged} of {expected.Length} prompts diverge within {count} tokens, all at near ties.");
    }

    /// <summary>Greedy tokens of ours, with the two best alternatives of each.</summary>
    internal static async Task<GeneratedToken[][]> GreedyAsync(string path, int[][] prompts, int count)
    {
        using DecoderModel model = await DecoderModel.LoadAsync(path, cancellationToken: Stop);
        GenerationRequest request = new()
        {
            Prompts = [.. prompts.Select(prompt => PromptSamples.Create(prompt, 0, 0, 1))],
            MaxTokens = count,
            Sampling = SamplingOptions.Greedy,
            IgnoreEndTokens = true,
            TopLogProbabilities = 2,
        };
        var results = prompts.Select(_ => new List<GeneratedToken>()).ToArray();
        await foreach (GeneratedToken token in model.GenerateAsync(request, Stop))
        {
            results[token.Sample].Add(token);
        }

        return [.. results.Select(result => result.ToArray())];
    }

    private (string Path, int[][] Prompts) Prepare(string architecture, MatrixTypes types, int prompts)
    {
        string path = OracleModel.Save(_folder, architecture, types, 512);
        SampleStream stream = new(5);
        var inputs = new int[prompts][];
        for (int i = 0; i < prompts; i++)
        {
            inputs[i] = new int[1 + stream.NextInt(40)];
            for (int j = 0; j < inputs[i].Length; j++)
            {
                inputs[i][j] = stream.NextInt(509);
            }
        }

        return (path, inputs);
    }
}
