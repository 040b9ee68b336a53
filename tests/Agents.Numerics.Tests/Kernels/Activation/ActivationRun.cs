using System.Numerics;
using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Activation;

/// <summary>Runs every activation kernel once on repeatable inputs and keeps the results by name.</summary>
internal static unsafe class ActivationRun
{
    private const int Vocabulary = 9;

    public static Dictionary<string, TestMatrix<T>> All<T>(IActivationKernels<T> kernels, int rows, int columns, int padding)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TestMatrix<T> Input(int seed, double scale = 1) => TestMatrix<T>.Random(rows, columns, seed, scale, padding);
        TestMatrix<T> Row(int seed) => TestMatrix<T>.Random(1, columns, seed);
        using TestMatrix<T> x = Input(1);
        using TestMatrix<T> dy = Input(2);
        using TestMatrix<T> weight = Row(3);
        using TestMatrix<T> gate = Input(4, 6);
        Dictionary<string, TestMatrix<T>> results = new()
        {
            ["norm"] = new(rows, columns, padding),
            ["inverse rms"] = new(1, rows),
            ["norm dx"] = Input(5),
            ["norm dweight"] = Row(6),
            ["norm dx in place"] = dy.Copy(),
            ["swiglu"] = new(rows, columns, padding),
            ["swiglu dgate"] = new(rows, columns, padding),
            ["swiglu dup"] = dy.Copy(),
            ["add"] = Input(7),
            ["add row"] = Input(8),
            ["column sums"] = Row(9),
            ["gather"] = new(rows, columns, padding),
            ["scatter"] = TestMatrix<T>.Random(Vocabulary, columns, 10, 1, padding),
            ["rope"] = Input(11),
            ["rope inverse"] = Input(12),
        };
        using TestMatrix<T> table = TestMatrix<T>.Random(Vocabulary, columns, 13);
        using TestMatrix<T> angles = RopeTable.Create<T>(rows + 3, columns & ~1, 10_000);
        int* ids = stackalloc int[rows];
        int* positions = stackalloc int[rows];
        for (int row = 0; row < rows; row++)
        {
            ids[row] = row * 5 % Vocabulary;
            positions[row] = rows + 2 - row;
        }

        T* r = results["inverse rms"].Data;
        kernels.RmsNorm(x.View, weight.Data, T.CreateTruncating(1e-5), results["norm"].View, r);
        kernels.RmsNormBackward(dy.View, x.View, weight.Data, r, results["norm dx"].View, accumulate: true, results["norm dweight"].Data);
        kernels.RmsNormBackward(
            results["norm dx in place"].View, x.View, weight.Data, r, results["norm dx in place"].View, accumulate: false, results["norm dweight"].Data);
        kernels.SwiGlu(gate.View, x.View, results["swiglu"].View);
        kernels.SwiGluBackward(results["swiglu dup"].View, gate.View, x.View, results["swiglu dgate"].View, results["swiglu dup"].View);
        kernels.Add(x.View, results["add"].View);
        kernels.AddRow(weight.Data, results["add row"].View);
        kernels.AddColumnSums(x.View, results["column sums"].Data);
        kernels.GatherRows(table.View, ids, results["gather"].View);
        kernels.ScatterAddRows(x.View, ids, results["scatter"].View);
        if (columns % 2 == 0)
        {
            kernels.Rope(results["rope"].View, columns, positions, angles.View, inverse: false);
            kernels.Rope(results["rope inverse"].View, columns, positions, angles.View, inverse: true);
        }

        return results;
    }
}
