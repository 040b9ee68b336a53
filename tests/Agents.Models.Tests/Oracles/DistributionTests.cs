using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;
using Agents.Numerics.Threading;

namespace Agents.Models.Tests.Oracles;

/// <summary>Whole next-token distributions against llama.cpp, for every element type and architecture. Opt-in: see tests/oracles/llama-cpp/package.json.</summary>
public sealed class DistributionTests : IDisposable
{
    private const int Positions = 256;
    private const int Vocabulary = 512;

    private readonly string _folder = Directory.CreateTempSubdirectory("agents-oracle-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<ElementType, string> Cases
    {
        get
        {
            TheoryData<ElementType, string> cases = [];
            foreach (ElementType type in (ElementType[])[ElementType.F32, .. PanelFormat.All.Select(format => format.Type)])
            {
                foreach (string architecture in (string[])["llama", "qwen2", "qwen3"])
                {
                    cases.Add(type, architecture);
                }
            }

            return cases;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// Short prompts: before any rounding differs, both engines compute the same to a few units in the last place. (A difference of one unit in front of a
    /// rounding can tip a code, and every later rounding multiplies that; see the test of long prompts.)
    /// </summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Distributions_OfShortPrompts_AreThoseOfLlamaCpp(ElementType type, string architecture)
    {
        const int length = 2;
        string oracle = LlamaCppProcess.RequireFolder();
        string path = OracleModel.Save(_folder, architecture, MatrixTypes.Of(type), Vocabulary);
        int[][] prompts = [.. OracleModel.Tokens(Positions, Vocabulary - 3).Chunk(length)];

        float[] expected = await LlamaCppEngine.LogitsAsync(oracle, path, prompts, flash: false, Stop);
        DistributionDistance distance = DistributionDistance.Of(expected, Logits(path, prompts), Vocabulary);

        TestContext.Current.TestOutputHelper?.WriteLine($"{type} {architecture}: {distance}");
        Assert.True(distance.ClearTops > Positions / 2, $"{distance}: the distributions are too flat to compare.");
        Assert.InRange(distance.MeanDivergence, -1e-12, type == ElementType.F32 ? 1e-8 : 1e-5);
        Assert.Equal(0, distance.OtherTops);
    }

    /// <summary>One long prompt: not further from llama.cpp than its own two orders of attention are from each other.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Distributions_OfALongPrompt_StayWithinTheSpreadOfLlamaCpp(ElementType type, string architecture)
    {
        string oracle = LlamaCppProcess.RequireFolder();
        string path = OracleModel.Save(_folder, architecture, MatrixTypes.Of(type), Vocabulary);
        int[][] prompt = [OracleModel.Tokens(Positions, Vocabulary - 3)];

        float[] expected = await LlamaCppEngine.LogitsAsync(oracle, path, prompt, flash: false, Stop);
        float[] fused = await LlamaCppEngine.LogitsAsync(oracle, path, prompt, flash: true, Stop);
        DistributionDistance distance = DistributionDistance.Of(expected, Logits(path, prompt), Vocabulary);
        DistributionDistance spread = DistributionDistance.Of(expected, fused, Vocabulary);

        TestContext.Current.TestOutputHelper?.WriteLine($"{type} {architecture}: {distance}; its own spread: {spread}");
        Assert.InRange(distance.MeanDivergence, -1e-12, type == ElementType.F32 ? 1e-8 : spread.MeanDivergence);
        Assert.Equal(0, distance.OtherTops);
    }

    private static unsafe float[] Logits(string path, int[][] prompts)
    {
        using ComputePool pool = new();
        using SimdKernels kernels = new(pool);
        using DecoderWeights<float> weights = GgufCheckpoint.Load(path, new CheckpointLoadOptions { Storage = WeightStorage.AsStored, Kernels = kernels }).Weights;
        using RopeTables<float> rope = new(weights.Shape);
        using PackedAttentionPlan<float> plan = new();
        int[] tokens = [.. prompts.SelectMany(prompt => prompt)];
        int[] positions = [.. prompts.SelectMany(prompt => Enumerable.Range(0, prompt.Length))];
        int[] starts = [.. Enumerable.Range(0, tokens.Length).Where(row => positions[row] == 0)];
        using DecoderForward<float> forward = new(weights, kernels, rope, tokens.Length, tokens.Length);
        plan.SetBatch(tokens.Length, starts);
        MatrixView<float> logits = forward.Run(tokens, positions, plan, [.. Enumerable.Range(0, tokens.Length)]);
        return new ReadOnlySpan<float>(logits.Data, logits.Rows * logits.Columns).ToArray();
    }
}
