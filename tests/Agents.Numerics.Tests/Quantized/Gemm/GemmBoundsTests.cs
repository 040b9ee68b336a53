using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Quantized;
using Agents.Numerics.Quantized.Gemm;
using Agents.Numerics.Tests.Kernels.Matrix;

namespace Agents.Numerics.Tests.Quantized.Gemm;

/// <summary>All operands end (or begin) at an inaccessible page: a read or write outside ends the test process.</summary>
public sealed unsafe class GemmBoundsTests
{
    public static TheoryData<QuantizedKernelPath, bool> Cases => new()
    {
        { QuantizedKernelPath.Portable, true },
        { QuantizedKernelPath.Portable, false },
        { QuantizedKernelPath.Avx2, true },
        { QuantizedKernelPath.Avx2, false },
        { QuantizedKernelPath.Avx512, true },
        { QuantizedKernelPath.Avx512, false },
        { QuantizedKernelPath.Assembled, true },
        { QuantizedKernelPath.Assembled, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Products_AtThePageBorder_StayInside(QuantizedKernelPath path, bool atEnd)
    {
        if (!OperatingSystem.IsLinux() || !SimdQuantizedKernels.IsSupported(path))
        {
            Assert.Skip($"needs Linux and {path}");
        }

        using GuardedOperands operands = new(atEnd);
        foreach (ElementType type in PackedCase.CodeTypes)
        {
            foreach ((int rows, int outputs, int blocks) in new[] { (1, 1, 1), (2, 16, 1), (5, 33, 2), (3, 31, 3) })
            {
                BlockLayouts.TryGet(type, out BlockLayout layout);
                using GemmCase expected = new(type, rows, outputs, layout.Elements * blocks, bias: true);
                operands.Multiply(path, expected);
                expected.AssertExact($"{path} {type}");
            }
        }
    }

    /// <summary>Copies of everything a product touches, each in pages of its own.</summary>
    private sealed class GuardedOperands(bool atEnd) : IDisposable
    {
        private readonly GuardedMemory[] _memory = [.. Enumerable.Range(0, 12).Select(_ => new GuardedMemory(1 << 16))];
        private int _taken;

        public void Dispose() => Array.ForEach(_memory, memory => memory.Dispose());

        public void Multiply(QuantizedKernelPath path, GemmCase operands)
        {
            _taken = 0;
            QuantizedRows x = operands.Rows;
            QuantizedProduct product = operands.Product;
            QuantizedMatrix weight = product.Weight;
            int sums = x.Rows * (x.Columns / x.SumElements);
            int blocks = x.Rows * x.BlocksPerRow;
            int sumFloats = x.Format == ActivationFormat.Block256 ? 8 : x.Format == ActivationFormat.Block32WithSum ? 1 : 0;
            ReorderBody reorder = new()
            {
                Tiles = new TokenTiles
                {
                    X = Take<sbyte>(x.Rows * x.Columns),
                    Scales = Take<float>(blocks),
                    NegativeSums = Take<int>(sums),
                    Sums = Take<float>(blocks * sumFloats),
                    Rows = x.Rows,
                    Count = 1,
                    Columns = x.Columns,
                    BlockElements = x.BlockElements,
                    SumElements = x.SumElements,
                    SumFloats = sumFloats,
                },
                Codes = Copy(x.Codes, x.Rows * x.Columns),
                Scales = Copy(x.Scales, blocks),
                Sums = Copy(x.Sums, sums),
                ScaledSums = sumFloats == 1 ? Copy(x.ScaledSums, blocks) : null,
                BlocksPerChunk = x.BlocksPerRow,
                ChunksPerTile = 1,
            };
            reorder.Execute(0, 0);
            long scratch = GemmScratch.Bytes(x.Rows);
            float* result = Take<float>(x.Rows * weight.Rows);
            GemmTask task = new()
            {
                Type = weight.Type,
                Shape = TileShape.Of(weight.Type),
                Areas = new PanelAreas(weight, Copy(weight.Data, (int)weight.Bytes)),
                Outputs = weight.Rows,
                Panels = weight.Panels,
                Bias = Copy(product.Bias, weight.Rows),
                Result = result,
                Stride = weight.Rows,
                Single = path == QuantizedKernelPath.Assembled && OperatingSystem.IsLinux() ? AssembledTiles.Address(weight.Type, 1) : 0,
                Pair = path == QuantizedKernelPath.Assembled && OperatingSystem.IsLinux() ? AssembledTiles.Address(weight.Type, 2) : 0,
            };
            GemmBody body = new()
            {
                Tiles = reorder.Tiles,
                Tasks = &task,
                Path = path,
                Scratch = Take<byte>((int)scratch),
                ScratchBytes = scratch,
                LargestTile = x.Rows,
                Pairs = (weight.Panels + 1) / 2,
                PairsPerChunk = (weight.Panels + 1) / 2,
                PairChunks = 1,
                TilesPerChunk = 1,
            };
            body.Execute(0, 0);
            operands.Clear();
            for (int row = 0; row < x.Rows; row++)
            {
                new Span<float>(result + (row * weight.Rows), weight.Rows).CopyTo(new Span<float>(product.Result.Row(row), weight.Rows));
            }
        }

        private T* Copy<T>(T* source, int count)
            where T : unmanaged
        {
            T* target = Take<T>(count);
            new Span<T>(source, count).CopyTo(new Span<T>(target, count));
            return target;
        }

        private T* Take<T>(int count)
            where T : unmanaged
        {
            GuardedMemory memory = _memory[_taken++];
            Assert.True(count * sizeof(T) <= memory.End - memory.Start);
            return atEnd ? (T*)memory.End - count : (T*)memory.Start;
        }
    }
}
