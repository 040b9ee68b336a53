using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Activation;

public sealed unsafe class SimdActivationTests
{
    public static TheoryData<KernelPath, int, int> Sizes
    {
        get
        {
            TheoryData<KernelPath, int, int> data = [];
            foreach (KernelPath path in (KernelPath[])[KernelPath.Portable, KernelPath.Avx2, KernelPath.Avx512])
            {
                data.Add(path, 1, 1);
                data.Add(path, 3, 34);
                data.Add(path, 67, 64);
                data.Add(path, 5, 257);
                data.Add(path, 40, 1022);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void EveryOperation_AgreesWithTheDoubleReference(KernelPath path, int rows, int columns)
    {
        using VectorKernels vector = new(path, 2);
        Dictionary<string, TestMatrix<float>> actual = ActivationRun.All(vector.Kernels, rows, columns, padding: 3);
        Dictionary<string, TestMatrix<double>> expected = ActivationRun.All(new ReferenceKernels<double>(), rows, columns, padding: 3);
        double small = 16 * Tolerance.Unit;

        // Sums over a row err by their depth, (columns / 16 + 4); the factors r are at most 1/sqrt(epsilon) and of order 2 here.
        double depth = ((columns / 16) + 32) * Tolerance.Unit;
        Tolerance.WithinRelative(expected["inverse rms"], actual["inverse rms"], depth);
        Tolerance.WithinRelative(expected["norm"], actual["norm"], depth);
        double r = expected["inverse rms"].ToDoubles().Max();
        double gradient = depth * ((4 * r) + (4 * r * r * r));
        Tolerance.Within(expected["norm dx"], actual["norm dx"], (_, _) => gradient + small);
        Tolerance.Within(expected["norm dx in place"], actual["norm dx in place"], (_, _) => gradient + small);
        Tolerance.Within(expected["norm dweight"], actual["norm dweight"], (_, _) => rows * ((2 * r) + 1) * (depth + (rows * Tolerance.Unit)));
        Tolerance.Within(expected["swiglu"], actual["swiglu"], (_, _) => 6 * small);
        Tolerance.Within(expected["swiglu dgate"], actual["swiglu dgate"], (_, _) => 8 * small);
        Tolerance.Within(expected["swiglu dup"], actual["swiglu dup"], (_, _) => 6 * small);
        Tolerance.Within(expected["add"], actual["add"], (_, _) => 2 * Tolerance.Unit);
        Tolerance.Within(expected["add row"], actual["add row"], (_, _) => 2 * Tolerance.Unit);
        Tolerance.Within(expected["column sums"], actual["column sums"], (_, _) => (rows + 1.0) * rows * Tolerance.Unit * 2);
        Tolerance.Within(expected["gather"], actual["gather"], (_, _) => 0);
        Tolerance.Within(expected["scatter"], actual["scatter"], (_, _) => (rows + 1.0) * rows * Tolerance.Unit * 2);
        Tolerance.Within(expected["rope"], actual["rope"], (_, _) => 4 * Tolerance.Unit);
        Tolerance.Within(expected["rope inverse"], actual["rope inverse"], (_, _) => 4 * Tolerance.Unit);
        Release(actual);
        Release(expected);
    }

    [Theory]
    [MemberData(nameof(VectorKernels.Variants), MemberType = typeof(VectorKernels))]
    public void EveryOperation_EveryPathAndThreadCount_GivesTheSameBits(KernelPath path, int threads)
    {
        using VectorKernels expectedKernels = new(KernelPath.Portable);
        using VectorKernels actualKernels = new(path, threads);
        foreach ((int rows, int columns) in ((int, int)[])[(2, 30), (61, 513), (90, 1000)])
        {
            Dictionary<string, TestMatrix<float>> expected = ActivationRun.All(expectedKernels.Kernels, rows, columns, padding: 1);
            Dictionary<string, TestMatrix<float>> actual = ActivationRun.All(actualKernels.Kernels, rows, columns, padding: 1);
            Assert.All(expected, pair => Assert.Equal(pair.Value.ToArray(), actual[pair.Key].ToArray()));
            Release(expected);
            Release(actual);
        }
    }

    [Fact]
    public void OperationsWithoutExponential_GiveTheBitsOfTheFloatReference()
    {
        using VectorKernels vector = new(KernelPath.Auto, 2);
        Dictionary<string, TestMatrix<float>> expected = ActivationRun.All(new ReferenceKernels<float>(), 21, 518, padding: 0);
        Dictionary<string, TestMatrix<float>> actual = ActivationRun.All(vector.Kernels, 21, 518, padding: 0);
        Assert.All(
            expected.Where(pair => !pair.Key.StartsWith("swiglu", StringComparison.Ordinal)),
            pair => Assert.True(pair.Value.ToArray().SequenceEqual(actual[pair.Key].ToArray()), pair.Key));
        Release(expected);
        Release(actual);
    }

    [Fact]
    public void RowAlone_GivesTheBitsOfTheBatch()
    {
        using VectorKernels vector = new(KernelPath.Auto, 2);
        using TestMatrix<float> gate = TestMatrix<float>.Random(50, 700, 1, 5);
        using TestMatrix<float> up = TestMatrix<float>.Random(50, 700, 2);
        using TestMatrix<float> batch = new(50, 700);
        using TestMatrix<float> alone = new(50, 700);
        vector.Kernels.SwiGlu(gate.View, up.View, batch.View);
        vector.Kernels.RmsNorm(batch.View, up.Data, 1e-6f, batch.View, null);
        for (int row = 0; row < 50; row++)
        {
            vector.Kernels.SwiGlu(gate.View.RowRange(row, 1), up.View.RowRange(row, 1), alone.View.RowRange(row, 1));
            vector.Kernels.RmsNorm(alone.View.RowRange(row, 1), up.Data, 1e-6f, alone.View.RowRange(row, 1), null);
        }

        Assert.Equal(batch.ToArray(), alone.ToArray());
    }

    [Fact]
    public void SwiGlu_SameValueAtEveryColumn_GivesTheSameBits()
    {
        using VectorKernels vector = new(KernelPath.Auto);
        using TestMatrix<float> gate = new(1, 61);
        using TestMatrix<float> up = new(1, 61);
        new Span<float>(gate.Data, 61).Fill(0.7317f);
        new Span<float>(up.Data, 61).Fill(1.3f);
        vector.Kernels.SwiGlu(gate.View, up.View, up.View);
        Assert.Single(up.ToArray().Distinct());
    }

    [Theory]
    [InlineData(-200f)]
    [InlineData(200f)]
    public void SwiGluAndBackward_ExtremeGates_StayFinite(float z)
    {
        using VectorKernels vector = new(KernelPath.Auto);
        using TestMatrix<float> gate = TestMatrix<float>.Of(1, z);
        using TestMatrix<float> up = TestMatrix<float>.Of(1, 2);
        using TestMatrix<float> upstream = TestMatrix<float>.Of(1, 1);
        using TestMatrix<float> output = new(1, 1);
        using TestMatrix<float> dGate = new(1, 1);
        vector.Kernels.SwiGlu(gate.View, up.View, output.View);
        vector.Kernels.SwiGluBackward(upstream.View, gate.View, up.View, dGate.View, upstream.View);
        Assert.Equal(z > 0 ? 2 * z : 0, output[0, 0]);
        Assert.Equal(z > 0 ? 2 : 0, dGate[0, 0]);
        Assert.Equal(z > 0 ? z : 0, upstream[0, 0]);
    }

    [Fact]
    public void Operations_WarmedUp_AllocateNothing()
    {
        using VectorKernels vector = new(KernelPath.Auto);
        using TestMatrix<float> a = TestMatrix<float>.Random(40, 300, 1);
        using TestMatrix<float> b = TestMatrix<float>.Random(40, 300, 2);
        using TestMatrix<float> r = new(1, 300);
        void RunAll()
        {
            vector.Kernels.RmsNorm(a.View, r.Data, 1e-5f, b.View, r.Data);
            vector.Kernels.RmsNormBackward(a.View, b.View, r.Data, r.Data, a.View, true, r.Data);
            vector.Kernels.SwiGlu(a.View, b.View, b.View);
            vector.Kernels.SwiGluBackward(a.View, a.View, b.View, a.View, b.View);
            vector.Kernels.Add(a.View, b.View);
            vector.Kernels.AddRow(r.Data, b.View);
            vector.Kernels.AddColumnSums(b.View, r.Data);
        }

        RunAll();
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunAll();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Release<T>(Dictionary<string, TestMatrix<T>> results)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        foreach (TestMatrix<T> matrix in results.Values)
        {
            matrix.Dispose();
        }
    }
}
