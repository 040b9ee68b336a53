using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Formats;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Multiplies reordered rows by the weights of a group. A chunk is a range of pairs of panels and a range of tiles; a weight is read once per tile.</summary>
internal unsafe struct GemmBody : IComputeBody
{
    /// <summary>The rows.</summary>
    public TokenTiles Tiles;

    /// <summary>The products.</summary>
    public GemmTask* Tasks;

    /// <summary>Instruction level.</summary>
    public QuantizedKernelPath Path;

    /// <summary>Scratch of all threads, and its bytes per thread.</summary>
    public byte* Scratch;

    /// <inheritdoc cref="Scratch"/>
    public long ScratchBytes;

    /// <summary>Rows of the largest tile.</summary>
    public int LargestTile;

    /// <summary>Pairs of panels of all products, per chunk, and chunks of them; tiles per chunk.</summary>
    public int Pairs, PairsPerChunk, PairChunks, TilesPerChunk;

    /// <inheritdoc/>
    public readonly void Execute(int chunk, int worker)
    {
        int firstPair = chunk % PairChunks * PairsPerChunk;
        int endPair = Math.Min(firstPair + PairsPerChunk, Pairs);
        int firstTile = chunk / PairChunks * TilesPerChunk;
        int endTile = Math.Min(firstTile + TilesPerChunk, Tiles.Count);
        byte* scratch = Scratch + (worker * ScratchBytes);
        for (int tile = firstTile; tile < endTile; tile++)
        {
            GemmTask* task = Tasks;
            int before = 0;
            for (int pair = firstPair; pair < endPair; pair++)
            {
                while (pair - before >= (task->Panels + 1) / 2)
                {
                    before += (task->Panels + 1) / 2;
                    task++;
                }

                Multiply(*task, 2 * (pair - before), tile, scratch);
            }
        }
    }

    private readonly void Multiply(in GemmTask task, int panel, int tile, byte* scratch)
    {
        int panels = Math.Min(task.Panels - panel, 2);
        if (Path == QuantizedKernelPath.Assembled)
        {
            Run(task, panel, panels, tile, scratch);
            return;
        }

        for (int i = 0; i < panels; i++)
        {
            Run(task, panel + i, 1, tile, scratch);
        }
    }

    private readonly void Run(in GemmTask task, int panel, int panels, int tile, byte* scratch)
    {
        int tokens = Tiles.Size(tile);
        TileArguments arguments = GemmScratch.Arguments(scratch, LargestTile);
        arguments.Tokens = tokens;
        Unsafe.InitBlockUnaligned(arguments.Accumulators, 0, (uint)(tokens * panels * PanelFormat.Rows * sizeof(float)));
        Prefetch(task, panel, panels, tile);
        int step = Math.Min(StepOf(task), Tiles.Blocks);
        for (int block = 0; block < Tiles.Blocks; block += step)
        {
            int blocks = Math.Min(step, Tiles.Blocks - block);
            arguments.Blocks = blocks;
            arguments.X = Tiles.XOf(tile, block);
            arguments.XScales = Tiles.ScalesOf(tile, block);
            arguments.NegativeSums = Tiles.NegativeSumsOf(tile, block);
            arguments.XSums = Tiles.SumsOf(tile, block);
            switch (Path)
            {
                case QuantizedKernelPath.Assembled:
                    task.Areas.PointAt(task.Type, panel, panels, ref arguments);
                    ((delegate* unmanaged<TileArguments*, void>)(panels == 2 ? task.Pair : task.Single))(&arguments);
                    break;
                case QuantizedKernelPath.Avx512:
                    Multiply<ByteLanes512, Vector512<byte>, Avx512TileMath, Vector512<int>>(task, panel, block, blocks, arguments);
                    break;
                case QuantizedKernelPath.Avx2 when AvxVnni.IsSupported:
                    Multiply<ByteLanes256, Vector256<byte>, AvxVnniTileMath, Vector256<int>>(task, panel, block, blocks, arguments);
                    break;
                case QuantizedKernelPath.Avx2:
                    Multiply<ByteLanes256, Vector256<byte>, Avx2TileMath, Vector256<int>>(task, panel, block, blocks, arguments);
                    break;
                default:
                    Multiply<ByteLanes128, Vector128<byte>, PortableTileMath, Vector128<int>>(task, panel, block, blocks, arguments);
                    break;
            }
        }

        Finish(task, panel, panels, tile, arguments.Accumulators);
    }

    private readonly int StepOf(in GemmTask task) =>
        Path == QuantizedKernelPath.Assembled ? Tiles.Blocks : GemmScratch.DecodedElements / Tiles.BlockElements;

    private static void Multiply<TLanes, TBytes, TMath, TVector>(in GemmTask task, int panel, int block, int blocks, TileArguments arguments)
        where TLanes : struct, IByteLanes<TBytes>
        where TBytes : struct
        where TMath : struct, ITileMath<TVector>
        where TVector : struct
    {
        byte* low = arguments.Codes;
        PanelDecoder<TLanes, TBytes>.Decode(task.Type, task.Areas, panel, block, blocks, ref arguments, 0, 1);
        if (TMath.SplitsCodes && task.Shape.CodeBits > 6)
        {
            PanelDecoder<TLanes, TBytes>.Split(arguments.Codes, blocks * task.Shape.BlockElements / 32, low, arguments.SecondCodes);
            arguments.Codes = low;
        }

        VectorTile<TMath, TVector>.Multiply(arguments, task.Shape);
    }

    // Asks for the lines that the results will go to: a tile has one or two in every row, too far apart for the processor to foresee.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Prefetch(in GemmTask task, int panel, int panels, int tile)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        float* target = task.Result + ((long)Tiles.First(tile) * task.Stride) + (panel * PanelFormat.Rows);
        for (int token = Tiles.Size(tile); token > 0; token--, target += task.Stride)
        {
            Sse.Prefetch1(target);
            if (panels == 2)
            {
                Sse.Prefetch1(target + PanelFormat.Rows);
            }
        }
    }

    // Copies the results of a tile to their place, without the rows that pad the last panel.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Finish(in GemmTask task, int panel, int panels, int tile, float* results)
    {
        int first = panel * PanelFormat.Rows;
        int count = Math.Min(task.Outputs - first, panels * PanelFormat.Rows);
        float* bias = task.Bias == null ? null : task.Bias + first;
        float* target = task.Result + ((long)Tiles.First(tile) * task.Stride) + first;
        if (Vector512.IsHardwareAccelerated && bias == null && count == 2 * PanelFormat.Rows)
        {
            CopyPair(results, target, task.Stride, Tiles.Size(tile));
            return;
        }

        for (int token = Tiles.Size(tile); token > 0; token--)
        {
            int i = 0;
            for (; Vector512.IsHardwareAccelerated && i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> value = Vector512.Load(results + i);
                (bias == null ? value : value + Vector512.Load(bias + i)).Store(target + i);
            }

            for (; i <= count - Vector128<float>.Count; i += Vector128<float>.Count)
            {
                Vector128<float> value = Vector128.Load(results + i);
                (bias == null ? value : value + Vector128.Load(bias + i)).Store(target + i);
            }

            for (; i < count; i++)
            {
                target[i] = bias == null ? results[i] : results[i] + bias[i];
            }

            results += panels * PanelFormat.Rows;
            target += task.Stride;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void CopyPair(float* results, float* target, long stride, int tokens)
    {
        for (; tokens >= 2; tokens -= 2, results += 4 * PanelFormat.Rows, target += 2 * stride)
        {
            Vector512.Load(results).Store(target);
            Vector512.Load(results + PanelFormat.Rows).Store(target + PanelFormat.Rows);
            Vector512.Load(results + (2 * PanelFormat.Rows)).Store(target + stride);
            Vector512.Load(results + (3 * PanelFormat.Rows)).Store(target + stride + PanelFormat.Rows);
        }

        if (tokens > 0)
        {
            Vector512.Load(results).Store(target);
            Vector512.Load(results + PanelFormat.Rows).Store(target + PanelFormat.Rows);
        }
    }
}
