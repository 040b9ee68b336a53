using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Optimizer;

/// <summary>One AdamW update; items are chunks of <see cref="ChunkLength"/> parameters.</summary>
internal unsafe struct AdamWKernel : ILaneKernel
{
    /// <summary>Parameters per item.</summary>
    public const int ChunkLength = 8192;

    public float* Parameters;
    public float* Gradients;
    public float* First;
    public float* Second;
    public long Count;
    public float Beta1;
    public float Beta2;
    public float Fresh1;
    public float Fresh2;
    public float Correction1;
    public float Correction2;
    public float Epsilon;
    public float Decay;
    public float Rate;
    public float Scale;

    /// <summary>Takes over the constants; bias corrections are computed in double.</summary>
    public AdamWKernel(float* parameters, float* gradients, float* first, float* second, long count, in AdamWStep step)
    {
        Parameters = parameters;
        Gradients = gradients;
        First = first;
        Second = second;
        Count = count;
        Beta1 = (float)step.Beta1;
        Beta2 = (float)step.Beta2;
        Fresh1 = (float)(1 - step.Beta1);
        Fresh2 = (float)(1 - step.Beta2);
        Correction1 = (float)(1 / (1 - Math.Pow(step.Beta1, step.Step)));
        Correction2 = (float)(1 / (1 - Math.Pow(step.Beta2, step.Step)));
        Epsilon = (float)step.Epsilon;
        Decay = (float)step.WeightDecay;
        Rate = (float)-step.LearningRate;
        Scale = (float)step.GradientScale;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        long start = (long)first * ChunkLength;
        long end = Math.Min(start + ((long)count * ChunkLength), Count);
        long i = start;
        for (; i + 16 <= end; i += 16)
        {
            TLanes p = TLanes.Load(Parameters + i);
            TLanes m = TLanes.Load(First + i);
            TLanes v = TLanes.Load(Second + i);
            Update(ref p, TLanes.Load(Gradients + i), ref m, ref v);
            TLanes.Store(p, Parameters + i);
            TLanes.Store(m, First + i);
            TLanes.Store(v, Second + i);
        }

        int tail = (int)(end - i);
        if (tail > 0)
        {
            TLanes p = LaneTail.Load<TLanes>(Parameters + i, tail);
            TLanes m = LaneTail.Load<TLanes>(First + i, tail);
            TLanes v = LaneTail.Load<TLanes>(Second + i, tail);
            Update(ref p, LaneTail.Load<TLanes>(Gradients + i, tail), ref m, ref v);
            LaneTail.Store(p, Parameters + i, tail);
            LaneTail.Store(m, First + i, tail);
            LaneTail.Store(v, Second + i, tail);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Update<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        gradient *= TLanes.Broadcast(Scale);
        first = TLanes.MultiplyAdd(TLanes.Broadcast(Beta1), first, TLanes.Broadcast(Fresh1) * gradient);
        second = TLanes.MultiplyAdd(TLanes.Broadcast(Beta2), second, TLanes.Broadcast(Fresh2) * gradient * gradient);
        TLanes root = TLanes.SquareRoot(second * TLanes.Broadcast(Correction2)) + TLanes.Broadcast(Epsilon);
        TLanes update = first * TLanes.Broadcast(Correction1) / root;
        update = TLanes.MultiplyAdd(TLanes.Broadcast(Decay), parameter, update);
        parameter = TLanes.MultiplyAdd(TLanes.Broadcast(Rate), update, parameter);
    }
}
