using Agents.Models.Cache;
using Agents.Models.Decoder;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Tests.Cache;

/// <summary>Runs tokens over cached sequences with the reference kernels.</summary>
internal static unsafe class CachedRun
{
    /// <summary>Eleven-token text of 37 positions.</summary>
    public static readonly int[] Ids = [.. Enumerable.Range(0, 37).Select(i => ((i * 5) + 3) % 11)];

    public static KvPagePool Pool(ModelShape shape, int pagePositions = 16, int pages = 100, ElementType type = ElementType.F32) =>
        new(shape, new KvCacheOptions { Type = type, PagePositions = pagePositions, MaximumPositions = (long)pages * pagePositions });

    /// <summary>Feeds tokens in chunks; returns the logits of every token.</summary>
    public static float[][] Feed(DecoderWeights<float> weights, KvSequence sequence, int[] ids, int chunk)
    {
        using RopeTables<float> rope = new(weights.Shape);
        using CachedAttentionPlan plan = new(1);
        using DecoderForward<float> forward = new(weights, new ReferenceKernels<float>(), rope, chunk, chunk);
        List<float[]> result = [];
        for (int at = 0; at < ids.Length; at += chunk)
        {
            int count = Math.Min(chunk, ids.Length - at);
            int[] rows = [.. Enumerable.Range(0, count)];
            int start = sequence.Length;
            plan.Clear();
            plan.Add(sequence, count);
            MatrixView<float> logits = forward.Run(ids.AsSpan(at, count), [.. rows.Select(row => start + row)], plan, rows);
            plan.Commit();
            result.AddRange(rows.Select(row => new ReadOnlySpan<float>(logits.Row(row), logits.Columns).ToArray()));
        }

        return [.. result];
    }
}
