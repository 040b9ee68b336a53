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

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Distributions_OfAllPositions_AreThoseOfLlamaCpp(ElementType type, string architecture)
    {
        string oracle = LlamaCppProcess.RequireFolder();
        string path = OracleModel.Save(_folder, architecture, MatrixTypes.Of(type), Vocabulary);
        int[] tokens = OracleModel.Tokens(Positions, Vocabulary - 3);

        float[] expected = await LlamaCppEngine.LogitsAsync(oracle, path, tokens, oneByOne: false, Stop);
        float[] actual = Logits(path, tokens);

        DistributionDistance distance = DistributionDistance.Of(expected, actual, Vocabulary);
        TestContext.Current.TestOutputHelper?.WriteLine($"{type} {architecture}: {distance}");
        Assert.True(distance.ClearTops > Positions / 2, $"{distance}: the distributions are too flat to compare.");
        Assert.InRange(distance.MeanDivergence, -1e-12, type == ElementType.F32 ? 1e-8 : 1e-5);
        Assert.Equal(0, distance.OtherTops);
    }

    private static unsafe float[] Logits(string path, int[] tokens)
    {
        using ComputePool pool = new();
        using SimdKernels kernels = new(pool);
        using DecoderWeights<float> weights = GgufCheckpoint.Load(path, new CheckpointLoadOptions { Storage = WeightStorage.AsStored, Kernels = kernels }).Weights;
        using RopeTables<float> rope = new(weights.Shape);
        using PackedAttentionPlan<float> plan = new();
        using DecoderForward<float> forward = new(weights, kernels, rope, tokens.Length, tokens.Length);
        int[] rows = [.. Enumerable.Range(0, tokens.Length)];
        plan.SetBatch(tokens.Length, [0]);
        MatrixView<float> logits = forward.Run(tokens, rows, plan, rows);
        return new ReadOnlySpan<float>(logits.Data, logits.Rows * logits.Columns).ToArray();
    }
}
