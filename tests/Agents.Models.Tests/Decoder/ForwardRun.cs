using System.Numerics;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Tests.Decoder;

/// <summary>Runs whole sequences without a cache, with the reference kernels.</summary>
internal static unsafe class ForwardRun
{
    public static T[][] Logits<T>(DecoderWeights<T> weights, int[] ids, int[]? starts = null, byte[]? mask = null, int[]? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using RopeTables<T> rope = new(weights.Shape);
        using PackedAttentionPlan<T> plan = new();
        using DecoderForward<T> forward = new(weights, new ReferenceKernels<T>(), rope, ids.Length, ids.Length);
        int[] rows = [.. Enumerable.Range(0, ids.Length)];
        plan.SetBatch(ids.Length, starts ?? [0], mask);
        MatrixView<T> logits = forward.Run(ids, positions ?? rows, plan, rows);
        return [.. rows.Select(row => new ReadOnlySpan<T>(logits.Row(row), logits.Columns).ToArray())];
    }

    public static double CrossEntropy<T>(T[][] logits, int[] targets)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double loss = 0;
        for (int row = 0; row < targets.Length; row++)
        {
            double[] values = [.. logits[row].Select(double.CreateTruncating)];
            double maximum = values.Max();
            loss += maximum + Math.Log(values.Sum(value => Math.Exp(value - maximum))) - values[targets[row]];
        }

        return loss / targets.Length;
    }
}
