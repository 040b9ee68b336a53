using Agents.Models.Adapters;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tests.Adapters;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Models.Tests.Oracles;

/// <summary>Adapters that we write, in llama.cpp over the same base. Opt-in: see tests/oracles/llama-cpp/package.json.</summary>
public sealed class AdapterOracleTests : IDisposable
{
    private const int Vocabulary = 512;
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-oracle-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("llama", ElementType.F32)]
    [InlineData("qwen2", ElementType.F32)]
    [InlineData("qwen3", ElementType.F32)]
    [InlineData("llama", ElementType.Q8_0)]
    [InlineData("qwen3", ElementType.Q4_K)]
    public async Task Distributions_WithAnAdapter_AreThoseOfLlamaCpp(string architecture, ElementType type)
    {
        string oracle = LlamaCppProcess.RequireFolder();
        string path = OracleModel.Save(_folder, architecture, MatrixTypes.Of(type), Vocabulary);
        int[][] prompts = [.. OracleModel.Tokens(128, Vocabulary - 3).Chunk(4)];
        ModelShape shape;
        using (DecoderWeights<float> weights = GgufCheckpoint.Load(path).Weights)
        {
            shape = weights.Shape;
        }

        string adapterPath = Path.Combine(_folder, "adapter.gguf");
        using (LoraAdapter adapter = SeededAdapter.Create(shape, 3, rank: 8, alpha: 16, only: name => name.Contains(".layers.", StringComparison.Ordinal), spread: 0.06f))
        {
            GgufAdapter.Save(adapterPath, adapter, shape);
        }

        float[] expected = await LlamaCppEngine.LogitsAsync(oracle, path, prompts, flash: false, Stop, adapterPath);
        float[] without = await LlamaCppEngine.LogitsAsync(oracle, path, prompts, flash: false, Stop);
        DistributionDistance distance = DistributionDistance.Of(expected, Logits(path, adapterPath, prompts), Vocabulary);
        DistributionDistance effect = DistributionDistance.Of(expected, without, Vocabulary);

        TestContext.Current.TestOutputHelper?.WriteLine($"{type} {architecture}: {distance}; the adapter itself changes {effect}");
        Assert.True(effect.MeanDivergence > 1e-2, "The adapter changes too little to tell.");
        Assert.InRange(distance.MeanDivergence, -1e-12, type == ElementType.F32 ? 1e-8 : 1e-5);
        Assert.Equal(0, distance.OtherTops);
    }

    private static unsafe float[] Logits(string path, string adapterPath, int[][] prompts)
    {
        using ComputePool pool = new();
        using SimdKernels kernels = new(pool);
        using DecoderWeights<float> weights = GgufCheckpoint.Load(path, new CheckpointLoadOptions { Storage = WeightStorage.AsStored, Kernels = kernels }).Weights;
        using AdapterRegistry registry = new(weights.Shape);
        registry.Add("a", GgufAdapter.Load(adapterPath, weights.Shape));
        using AdapterMixture mixture = registry.Resolve([new AdapterUse("a")])!;
        using RopeTables<float> rope = new(weights.Shape);
        using PackedAttentionPlan<float> plan = new();
        int[] tokens = [.. prompts.SelectMany(prompt => prompt)];
        int[] positions = [.. prompts.SelectMany(prompt => Enumerable.Range(0, prompt.Length))];
        using DecoderForward<float> forward = new(weights, kernels, rope, tokens.Length, tokens.Length);
        using AdapterRows rows = new();
        rows.Add(mixture, tokens.Length);
        forward.Extension = rows;
        plan.SetBatch(tokens.Length, [.. Enumerable.Range(0, tokens.Length).Where(row => positions[row] == 0)]);
        MatrixView<float> logits = forward.Run(tokens, positions, plan, [.. Enumerable.Range(0, tokens.Length)]);
        return new ReadOnlySpan<float>(logits.Data, logits.Rows * logits.Columns).ToArray();
    }
}
