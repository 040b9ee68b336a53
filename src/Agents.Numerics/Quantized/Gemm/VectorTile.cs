using System.Runtime.CompilerServices;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>
/// The tile kernels in vector instructions that .NET offers: one panel per call, two tokens at a time, so that a weight is loaded for both;
/// results stay in registers while the blocks pass by.
/// </summary>
/// <typeparam name="TMath">Instruction level.</typeparam>
/// <typeparam name="TVector">Register type.</typeparam>
internal static unsafe class VectorTile<TMath, TVector>
    where TMath : struct, ITileMath<TVector>
    where TVector : struct
{
    private const int EighthBytes = 512;
    private const int HalfBytes = EighthBytes / 2;

    /// <summary>Multiplies a tile.</summary>
    /// <param name="arguments">Arguments for one panel; codes that must be split lie as low nibbles in Codes and as high nibbles in SecondCodes.</param>
    /// <param name="shape">What the weight's format asks for.</param>
    public static void Multiply(in TileArguments arguments, TileShape shape)
    {
        bool splits = TMath.SplitsCodes && shape.CodeBits > 6;
        int last = (int)arguments.Tokens - 1;
        for (int row = 0; row < PanelFormat.Rows; row += TMath.Lanes)
        {
            for (int token = 0; token <= last; token += 2)
            {
                // The last of an odd number is computed twice.
                int other = Math.Min(token + 1, last);
                if (shape.BlockElements == 32)
                {
                    Blocks32(arguments, shape, splits, row, token, other);
                }
                else
                {
                    Block256(arguments, shape, splits, row, token, other);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Blocks32(in TileArguments arguments, TileShape shape, bool splits, int row, int token, int other)
    {
        int tokens = (int)arguments.Tokens;
        int blocks = (int)arguments.Blocks;
        bool wide = !splits && shape.CodeBits > 4;
        long high = splits ? arguments.SecondCodes - arguments.Codes : 0;
        byte* codes = arguments.Codes + (row * 4);
        sbyte* x = arguments.X + (token * 32L);
        long y = (other - token) * 32L;
        float* results = arguments.Accumulators + row;
        TVector firstSum = TMath.Load(results + (token * PanelFormat.Rows));
        TVector secondSum = TMath.Load(results + (other * PanelFormat.Rows));
        for (int block = 0; block < blocks; block++, codes += EighthBytes, x += 32L * tokens)
        {
            int place = (block * tokens) + token;
            int otherPlace = (block * tokens) + other;
            TVector first = TMath.Fill(Start(shape, arguments.NegativeSums[place]));
            TVector second = TMath.Fill(Start(shape, arguments.NegativeSums[otherPlace]));
            byte* upper = splits ? codes + high : null;
            TMath.Dot(ref first, ref second, codes, upper, wide, x, x + y);
            TMath.Dot(ref first, ref second, codes + HalfBytes, splits ? upper + HalfBytes : null, wide, x + 16, x + y + 16);
            float* scales = arguments.Scales + (block * PanelFormat.Rows) + row;
            firstSum = TMath.Scale(first, scales, arguments.XScales[place], firstSum);
            secondSum = TMath.Scale(second, scales, arguments.XScales[otherPlace], secondSum);
            if (shape.HasMinimums)
            {
                float* minimums = arguments.MinimumScales + (block * PanelFormat.Rows) + row;
                firstSum = TMath.ScaleConstant(minimums, ((float*)arguments.XSums)[place], firstSum);
                secondSum = TMath.ScaleConstant(minimums, ((float*)arguments.XSums)[otherPlace], secondSum);
            }
        }

        TMath.Store(firstSum, results + (token * PanelFormat.Rows));
        TMath.Store(secondSum, results + (other * PanelFormat.Rows));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Block256(in TileArguments arguments, TileShape shape, bool splits, int row, int token, int other)
    {
        int tokens = (int)arguments.Tokens;
        bool wide = !splits && shape.CodeBits > 4;
        long high = splits ? arguments.SecondCodes - arguments.Codes : 0;
        byte* codes = arguments.Codes + (row * 4);
        sbyte* x = arguments.X + (token * 32L);
        long y = (other - token) * 32L;
        int* scales = arguments.SubScales + row;
        TVector firstTotal = TMath.Fill(0);
        TVector secondTotal = TMath.Fill(0);
        int step = shape.SubScales == 2 ? 1 : 2;
        for (int half = 0; half < 16; half += step)
        {
            int place = (half / 2 * tokens) + token;
            int otherPlace = (half / 2 * tokens) + other;
            TVector first = TMath.Fill(Start(shape, Sum(arguments.NegativeSums, place, half, step)));
            TVector second = TMath.Fill(Start(shape, Sum(arguments.NegativeSums, otherPlace, half, step)));
            for (int i = 0; i < step; i++, codes += HalfBytes)
            {
                sbyte* q = x + (32L * (half / 2) * tokens) + (16 * ((half + i) % 2));
                TMath.Dot(ref first, ref second, codes, splits ? codes + high : null, wide, q, q + y);
            }

            TVector scale = shape.SubScales == 0 ? TMath.Fill(1) : TMath.Load(scales + (half / step * PanelFormat.Rows));
            firstTotal = TMath.MultiplyAddIntegers(firstTotal, first, scale);
            secondTotal = TMath.MultiplyAddIntegers(secondTotal, second, scale);
        }

        Complete(arguments, shape, row, token, firstTotal);
        if (other != token)
        {
            Complete(arguments, shape, row, other, secondTotal);
        }
    }

    private static void Complete(in TileArguments arguments, TileShape shape, int row, int token, TVector total)
    {
        float* result = arguments.Accumulators + (token * PanelFormat.Rows) + row;
        TVector sum = TMath.Scale(total, arguments.Scales + row, arguments.XScales[token], TMath.Load(result));
        if (shape.HasMinimums)
        {
            TVector minimums = TMath.Fill(0);
            short* sums = (short*)arguments.XSums + (token * 16);
            for (int eighth = 0; eighth < 8; eighth++)
            {
                minimums = TMath.DotPair(minimums, arguments.Minimums + (((eighth * PanelFormat.Rows) + row) * 2), sums + (2 * eighth));
            }

            // The product with the negative scale is the negative product, bit for bit.
            sum = TMath.Scale(minimums, arguments.MinimumScales + row, -arguments.XScales[token], sum);
        }

        TMath.Store(sum, result);
    }

    private static int Sum(int* sums, int place, int half, int step) =>
        step == 2 ? sums[2 * place] + sums[(2 * place) + 1] : sums[(2 * place) + (half % 2)];

    private static int Start(TileShape shape, int negativeSum) => shape.OffsetShift < 0 ? 0 : negativeSum << shape.OffsetShift;
}
