using Agents.Numerics.Formats;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Quantized;
using Agents.Numerics.Quantized.Gemv;
using Agents.Numerics.Tests.Kernels.Matrix;

namespace Agents.Numerics.Tests.Quantized;

/// <summary>Blocks whose areas and rows end at an inaccessible page: reading further ends the test process. Asking for memory ahead may point anywhere.</summary>
public sealed unsafe class PanelDotBoundsTests
{
    [Fact]
    public void Accumulate_AtThePageBorder_StaysInside()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("needs Linux");
        }

        AssertInside<Q40Dot>(ElementType.Q4_0);
        AssertInside<Q41Dot>(ElementType.Q4_1);
        AssertInside<Q50Dot>(ElementType.Q5_0);
        AssertInside<Q51Dot>(ElementType.Q5_1);
        AssertInside<Q80Dot>(ElementType.Q8_0);
        AssertInside<Iq4NlDot>(ElementType.IQ4_NL);
        AssertInside<Q2KDot>(ElementType.Q2_K);
        AssertInside<Q3KDot>(ElementType.Q3_K);
        AssertInside<Q4KDot>(ElementType.Q4_K);
        AssertInside<Q5KDot>(ElementType.Q5_K);
        AssertInside<Q6KDot>(ElementType.Q6_K);
        AssertInside<Tq10Dot>(ElementType.TQ1_0);
        AssertInside<Tq20Dot>(ElementType.TQ2_0);
    }

    private static void AssertInside<TDot>(ElementType type)
        where TDot : unmanaged, IPanelDot
    {
        PanelFormat.TryGet(type, out PanelFormat? format);
        GuardedMemory[] memories = [.. Enumerable.Range(0, 8).Select(_ => new GuardedMemory(4096))];
        byte* Place(int memory, int bytes) => memories[memory].End - bytes;
        int Area(int section) => section < format!.Sections.Length ? format.Sections[section].Bytes * PanelFormat.Rows : 0;
        PanelBlock block = new() { Scales = Place(0, Area(0)), Second = Place(1, Area(1)), Third = Place(2, Area(2)), Fourth = Place(3, Area(3)) };
        int elements = TDot.BlockElements;
        RowBlock row = new()
        {
            Codes = (sbyte*)Place(4, elements),
            Scale = (float*)Place(5, sizeof(float)),
            Sums = (int*)Place(6, elements == 256 ? 64 : 4),
            ScaledSum = (float*)Place(7, sizeof(float)),
        };
        new Span<sbyte>(row.Codes, elements).Fill(1);
        *row.Scale = 1;
        AssertZero(Run<TDot, CodeLanes128, Lanes128>(block, row));
        if (GemvDispatch.IsSupported(CodePath.Avx2))
        {
            AssertZero(Run<TDot, CodeLanes256, Lanes256>(block, row));
        }

        if (GemvDispatch.IsSupported(CodePath.AvxVnni))
        {
            AssertZero(Run<TDot, CodeLanesVnni, Lanes256>(block, row));
        }

        if (GemvDispatch.IsSupported(CodePath.Avx512))
        {
            AssertZero(Run<TDot, CodeLanes512, Lanes512>(block, row));
        }

        foreach (GuardedMemory memory in memories)
        {
            memory.Dispose();
        }
    }

    private static float Run<TDot, TCodes, TFloats>(PanelBlock block, RowBlock row)
        where TDot : unmanaged, IPanelDot
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats> =>
        TFloats.Fold(TDot.Accumulate<TCodes, TFloats>(block, block, row, TFloats.Broadcast(0)));

    // Scales of 0 leave nothing.
    private static void AssertZero(float value) => Assert.Equal(0f, value);
}
