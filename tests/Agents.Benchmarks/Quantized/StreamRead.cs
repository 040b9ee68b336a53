using System.Numerics;
using System.Runtime.CompilerServices;
using Agents.Numerics.Threading;

namespace Agents.Benchmarks.Quantized;

/// <summary>Reads memory from two places at once and does nothing with it: what the memory of this machine can deliver.</summary>
internal unsafe struct StreamRead : IComputeBody
{
    private const int Prefetch = 8192;

    /// <summary>First byte.</summary>
    public byte* Data;

    /// <summary>Bytes of one chunk, a multiple of 4096.</summary>
    public long BytesPerChunk;

    /// <summary>Depends on everything read.</summary>
    public Vector<byte> Sink;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int chunk, int worker)
    {
        byte* first = Data + (chunk * BytesPerChunk);
        byte* second = first + (BytesPerChunk / 2);
        Vector<byte> a = default;
        Vector<byte> b = default;
        for (long offset = 0; offset < BytesPerChunk / 2; offset += 64)
        {
            if (System.Runtime.Intrinsics.X86.Sse.IsSupported)
            {
                System.Runtime.Intrinsics.X86.Sse.Prefetch0(first + offset + Prefetch);
                System.Runtime.Intrinsics.X86.Sse.Prefetch0(second + offset + Prefetch);
            }

            for (int part = 0; part < 64; part += Vector<byte>.Count)
            {
                a |= Vector.Load(first + offset + part);
                b |= Vector.Load(second + offset + part);
            }
        }

        Sink |= a | b;
    }
}
