namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Scratch of one thread: results so far, and one chunk of decoded weight.</summary>
internal static unsafe class GemmScratch
{
    /// <summary>Elements of a row that are decoded at a time.</summary>
    public const int DecodedElements = 256;

    private const int Panel = PanelFormat.Rows * sizeof(float);
    private const int Codes = DecodedElements * PanelFormat.Rows;
    private const int Scales = DecodedElements / 32 * 2 * Panel;
    private const int SubScales = 16 * 2 * Panel;
    private const int Minimums = 8 * 2 * Panel;

    /// <summary>Returns the bytes one thread needs.</summary>
    /// <param name="tokens">Rows of the largest tile.</param>
    public static long Bytes(int tokens) => (4L * tokens * Panel) + (2 * Codes) + (2 * Scales) + SubScales + Minimums;

    /// <summary>Points the arguments of a tile kernel at scratch.</summary>
    /// <param name="scratch">Memory of this thread.</param>
    /// <param name="tokens">Rows of the largest tile.</param>
    public static TileArguments Arguments(byte* scratch, int tokens)
    {
        byte* totals = scratch + (2L * tokens * Panel);
        byte* codes = totals + (2L * tokens * Panel);
        byte* scales = codes + (2 * Codes);
        byte* subScales = scales + (2 * Scales);
        return new TileArguments
        {
            Accumulators = (float*)scratch,
            Totals = (int*)totals,
            Codes = codes,
            SecondCodes = codes + Codes,
            Scales = (float*)scales,
            MinimumScales = (float*)(scales + Scales),
            SubScales = (int*)subScales,
            Minimums = (short*)(subScales + SubScales),
        };
    }
}
