using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Tests.Kernels.Lanes;

public sealed unsafe class LanesTests
{
    [Fact]
    public void Lanes128_EveryOperation_ActsPerLane() => CheckOperations<Lanes128>();

    [Fact]
    public void Lanes256_EveryOperation_ActsPerLane()
    {
        Assert.SkipUnless(Avx2.IsSupported && Fma.IsSupported, "This machine does not support AVX2 with FMA.");
        CheckOperations<Lanes256>();
    }

    [Fact]
    public void Lanes512_EveryOperation_ActsPerLane()
    {
        Assert.SkipUnless(Avx512F.IsSupported, "This machine does not support AVX-512.");
        CheckOperations<Lanes512>();
    }

    [Fact]
    public void DoubleLanes128_EveryOperation_ActsPerLane() => CheckDoubles<DoubleLanes128>();

    [Fact]
    public void DoubleLanes256_EveryOperation_ActsPerLane()
    {
        Assert.SkipUnless(Avx2.IsSupported && Fma.IsSupported, "This machine does not support AVX2 with FMA.");
        CheckDoubles<DoubleLanes256>();
    }

    [Fact]
    public void DoubleLanes512_EveryOperation_ActsPerLane()
    {
        Assert.SkipUnless(Avx512F.IsSupported, "This machine does not support AVX-512.");
        CheckDoubles<DoubleLanes512>();
    }

    [Fact]
    public void Lanes128_HalvesAndBytes_WidenExactly() => CheckWidening<Lanes128>();

    [Fact]
    public void Lanes256_HalvesAndBytes_WidenExactly()
    {
        Assert.SkipUnless(Avx2.IsSupported && Fma.IsSupported, "This machine does not support AVX2 with FMA.");
        CheckWidening<Lanes256>();
    }

    [Fact]
    public void Lanes512_HalvesAndBytes_WidenExactly()
    {
        Assert.SkipUnless(Avx512F.IsSupported, "This machine does not support AVX-512.");
        CheckWidening<Lanes512>();
    }

    /// <summary>All halves but the infinite ones, all bytes.</summary>
    private static void CheckWidening<TLanes>()
        where TLanes : unmanaged, ILanes<TLanes>
    {
        ushort* halves = stackalloc ushort[16];
        sbyte* bytes = stackalloc sbyte[16];
        for (int first = 0; first < 65536; first += 16)
        {
            for (int i = 0; i < 16; i++)
            {
                halves[i] = (ushort)(first + i);
                bytes[i] = (sbyte)(first + i);
            }

            TLanes widened = TLanes.LoadHalves(halves);
            TLanes numbers = TLanes.LoadBytes(bytes);
            for (int i = 0; i < 16; i++)
            {
                float expected = (float)BitConverter.UInt16BitsToHalf(halves[i]);
                Assert.True(float.IsInfinity(expected) || expected.Equals(At(widened, i)), $"Half {halves[i]:x4} became {At(widened, i)}.");
                Assert.Equal(bytes[i], At(numbers, i));
            }
        }
    }

    private static void CheckOperations<TLanes>()
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float[] a = new float[16];
        float[] b = new float[16];
        for (int i = 0; i < 16; i++)
        {
            a[i] = MathF.Sin((i * 1.7f) + 0.3f);
            b[i] = MathF.Cos((i * 0.9f) + 0.1f);
        }

        TLanes x = Load<TLanes>(a);
        TLanes y = Load<TLanes>(b);
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(a[i] + b[i], At(x + y, i));
            Assert.Equal(a[i] - b[i], At(x - y, i));
            Assert.Equal(a[i] * b[i], At(x * y, i));
            Assert.Equal(a[i] / b[i], At(x / y, i));
            Assert.Equal(MathF.FusedMultiplyAdd(a[i], b[i], 0.1f), At(TLanes.MultiplyAdd(x, y, TLanes.Broadcast(0.1f)), i));
            Assert.Equal(MathF.Max(a[i], b[i]), At(TLanes.Max(x, y), i));
            Assert.Equal(MathF.Sqrt(a[i] * a[i]), At(TLanes.SquareRoot(x * x), i));
            Assert.Equal(a[i] < b[i] ? 1 : 2, At(TLanes.SelectLess(x, y, TLanes.Broadcast(1), TLanes.Broadcast(2)), i));
            Assert.Equal(a[i] * 8, At(TLanes.AddExponent(x, TLanes.Broadcast(BitConverter.Int32BitsToSingle(3))), i));
        }

        float[] tree = (float[])a.Clone();
        for (int half = 8; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                tree[i] += tree[i + half];
            }
        }

        Assert.Equal(tree[0], TLanes.Fold(x));
        Assert.Equal(a.Max(), TLanes.Largest(x));
    }

    private static void CheckDoubles<TDoubles>()
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        float* a = stackalloc float[8];
        float* result = stackalloc float[8];
        double[] tree = new double[8];
        for (int i = 0; i < 8; i++)
        {
            a[i] = MathF.Sin((i * 1.7f) + 0.3f);
            tree[i] = a[i] * 1.1;
        }

        TDoubles x = TDoubles.Widen(a) * TDoubles.Broadcast(1.1);
        TDoubles.Narrow(TDoubles.SelectLess(x, TDoubles.Broadcast(0), x / TDoubles.Broadcast(3), TDoubles.MultiplyAdd(x, x, x)), result);
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal((float)(tree[i] < 0 ? tree[i] / 3 : Math.FusedMultiplyAdd(tree[i], tree[i], tree[i])), result[i]);
        }

        Assert.Equal(
            ((tree[0] + tree[4]) + (tree[2] + tree[6])) + ((tree[1] + tree[5]) + (tree[3] + tree[7])),
            TDoubles.Fold(x));
        Assert.Equal(tree[0] * 4, TDoubles.First(TDoubles.AddExponent(x, TDoubles.Broadcast(BitConverter.Int64BitsToDouble(2)))));
    }

    private static TLanes Load<TLanes>(float[] values)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        fixed (float* pointer = values)
        {
            return TLanes.Load(pointer);
        }
    }

    private static float At<TLanes>(TLanes value, int lane)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* lanes = stackalloc float[16];
        TLanes.Store(value, lanes);
        return lanes[lane];
    }
}
