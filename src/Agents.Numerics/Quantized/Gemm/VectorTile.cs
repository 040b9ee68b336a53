using System.Runtime.CompilerServices;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>The tile kernels in vector instructions that .NET offers: one panel per call, results in registers while the blocks pass by.</summary>
/// <typeparam name="TMath">Instruction level.</typeparam>
/// <typeparam name="TVector">Register type.</typeparam>
internal static unsafe class VectorTile<TMath, TVector>
    where TMath : struct, ITileMath<TVector>
    where TVector : struct
{
    private const int EighthBytes = 512;

    /// <summary>Multiplies a tile.</summary>
    /// <param name="arguments">Arguments for one panel; codes that must be split lie as low nibbles in Codes and as high nibbles in SecondCodes.</param>
    /// <param name="shape">What the weight's format asks for.</param>
    public static void Multiply(in TileArguments arguments, TileShape shape)
    {
        byte* high = TMath.SplitsCodes && shape.CodeBits > 4 ? arguments.SecondCodes : null;
        for (int row = 0; row < PanelFormat.Rows; row += TMath.Lanes)
        {
            for (int token = 0; token < (int)arguments.Tokens; token++)
            {
                float* result = arguments.Accumulators + (token * PanelFormat.Rows) + row;
                TVector sum = TMath.Load(result);
                sum = shape.BlockElements == 32
                    ? Blocks32(arguments, shape, high, row, token, sum)
                    : Block256(arguments, shape, high, row, token, sum);
                TMath.Store(sum, result);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Blocks32(in TileArguments arguments, TileShape shape, byte* high, int row, int token, TVector sum)
    {
        int tokens = (int)arguments.Tokens;
        for (int block = 0; block < (int)arguments.Blocks; block++)
        {
            int place = (block * tokens) + token;
            long codes = ((long)block * EighthBytes) + (row * 4);
            sbyte* x = arguments.X + (place * 32L);
            TVector total = TMath.Fill(Start(shape, arguments.NegativeSums[place]));
            total = Dot(total, arguments.Codes + codes, high == null ? null : high + codes, x);
            float* scales = arguments.Scales + (block * PanelFormat.Rows) + row;
            sum = TMath.Scale(total, scales, arguments.XScales[place], sum);
            if (shape.HasMinimums)
            {
                sum = TMath.ScaleConstant(arguments.MinimumScales + (block * PanelFormat.Rows) + row, ((float*)arguments.XSums)[place], sum);
            }
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Block256(in TileArguments arguments, TileShape shape, byte* high, int row, int token, TVector sum)
    {
        int tokens = (int)arguments.Tokens;
        TVector total = TMath.Fill(0);
        for (int eighth = 0; eighth < 8; eighth++)
        {
            int place = (eighth * tokens) + token;
            long offset = (eighth * EighthBytes) + (row * 4);
            byte* codes = arguments.Codes + offset;
            byte* upper = high == null ? null : high + offset;
            sbyte* x = arguments.X + (place * 32L);
            int* negative = arguments.NegativeSums + (2 * place);
            int* scales = arguments.SubScales + (eighth * shape.SubScales * PanelFormat.Rows) + row;
            switch (shape.SubScales)
            {
                case 2:
                    TVector first = TMath.Dot(TMath.Fill(Start(shape, negative[0])), codes, upper, x);
                    total = TMath.MultiplyAddIntegers(total, first, TMath.Load(scales));
                    TVector second = TMath.Dot(TMath.Fill(Start(shape, negative[1])), codes + 256, upper == null ? null : upper + 256, x + 16);
                    total = TMath.MultiplyAddIntegers(total, second, TMath.Load(scales + PanelFormat.Rows));
                    break;
                case 1:
                    TVector whole = Dot(TMath.Fill(Start(shape, negative[0] + negative[1])), codes, upper, x);
                    total = TMath.MultiplyAddIntegers(total, whole, TMath.Load(scales));
                    break;
                default:
                    TVector unscaled = Dot(TMath.Fill(Start(shape, negative[0] + negative[1])), codes, upper, x);
                    total = TMath.MultiplyAddIntegers(total, unscaled, TMath.Fill(1));
                    break;
            }
        }

        sum = TMath.Scale(total, arguments.Scales + row, arguments.XScales[token], sum);
        return shape.HasMinimums ? SubtractMinimums(arguments, row, token, sum) : sum;
    }

    private static TVector SubtractMinimums(in TileArguments arguments, int row, int token, TVector sum)
    {
        TVector total = TMath.Fill(0);
        short* sums = (short*)arguments.XSums + (token * 16);
        for (int eighth = 0; eighth < 8; eighth++)
        {
            total = TMath.DotPair(total, arguments.Minimums + (((eighth * PanelFormat.Rows) + row) * 2), sums + (2 * eighth));
        }

        // The product with the negative scale is the negative product, bit for bit.
        return TMath.Scale(total, arguments.MinimumScales + row, -arguments.XScales[token], sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Dot(TVector sum, byte* codes, byte* high, sbyte* x)
    {
        sum = TMath.Dot(sum, codes, high, x);
        return TMath.Dot(sum, codes + 256, high == null ? null : high + 256, x + 16);
    }

    private static int Start(TileShape shape, int negativeSum) => shape.OffsetShift < 0 ? 0 : negativeSum << shape.OffsetShift;
}
