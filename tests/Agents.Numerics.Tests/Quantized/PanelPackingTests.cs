using Agents.Numerics.Formats;
using Agents.Numerics.Quantized;

namespace Agents.Numerics.Tests.Quantized;

/// <summary>Whole panels against the row-by-row definition.</summary>
public sealed unsafe class PanelPackingTests
{
    public static TheoryData<ElementType, int, int> Cases
    {
        get
        {
            TheoryData<ElementType, int, int> cases = [];
            foreach (PanelFormat format in PanelFormat.All)
            {
                foreach (int rows in (int[])[16, 32, 37])
                {
                    // Wide formats have one element per block; odd counts leave a rest behind the vectors.
                    cases.Add(format.Type, rows, format.Layout.Elements == 1 ? 83 : format.Layout.Elements * 3);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void SetPanel_OnUndefinedMemory_GivesTheBytesOfSetRow(ElementType type, int rows, int columns)
    {
        using QuantizedMatrix expected = new(type, rows, columns);
        using QuantizedMatrix actual = new(type, rows, columns, clear: false);
        new Span<byte>(actual.Data, (int)actual.Bytes).Fill(0xA5);
        var stored = new byte[rows * expected.RowBytes];
        for (int i = 0; i < stored.Length; i++)
        {
            stored[i] = (byte)((i * 167) ^ (i >> 7));
        }

        for (int row = 0; row < rows; row++)
        {
            expected.SetRow(row, stored.AsSpan(row * expected.RowBytes, expected.RowBytes));
        }

        fixed (byte* data = stored)
        {
            byte** addresses = stackalloc byte*[PanelFormat.Rows];
            for (int panel = 0; panel < actual.Panels; panel++)
            {
                for (int lane = 0; lane < PanelFormat.Rows; lane++)
                {
                    int row = (panel * PanelFormat.Rows) + lane;
                    addresses[lane] = row < rows ? data + ((long)row * actual.RowBytes) : null;
                }

                actual.SetPanel(panel, addresses);
            }
        }

        Assert.True(new ReadOnlySpan<byte>(expected.Data, (int)expected.Bytes).SequenceEqual(new ReadOnlySpan<byte>(actual.Data, (int)actual.Bytes)));
        var copy = new byte[actual.RowBytes];
        actual.CopyRow(rows - 1, copy);
        Assert.Equal(stored[^copy.Length..], copy);
    }

    [Fact]
    public void SetPanel_OutsideTheMatrix_IsRefused()
    {
        using QuantizedMatrix matrix = new(ElementType.Q8_0, 17, 32);
        byte** rows = stackalloc byte*[PanelFormat.Rows];
        ArgumentOutOfRangeException? error = null;
        try
        {
            matrix.SetPanel(2, rows);
        }
        catch (ArgumentOutOfRangeException caught)
        {
            error = caught;
        }

        Assert.NotNull(error);
    }
}
