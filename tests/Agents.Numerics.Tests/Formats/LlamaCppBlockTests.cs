using System.Runtime.InteropServices;
using Agents.Numerics.Formats;
using static Agents.Numerics.Tests.Formats.FormatSamples;

namespace Agents.Numerics.Tests.Formats;

/// <summary>
/// The codecs against those in llama.cpp's library, byte for byte. Opt-in: AGENTS_ORACLE_LLAMACPP names a folder where tests/oracles/llama-cpp is installed.
/// </summary>
public unsafe class LlamaCppBlockTests
{
    public static TheoryData<ElementType> Types => FormatSamples.Types;

    /// <summary>The names of the library's decoders end like this.</summary>
    private static string RowName(ElementType type) => type switch
    {
        ElementType.IQ4_NL => "iq4_nl",
        ElementType.TQ1_0 => "tq1_0",
        ElementType.TQ2_0 => "tq2_0",
        _ => "q" + type.ToString()[1..],
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Dequantize_RandomBytes_EqualsLlamaCpp(ElementType type)
    {
        nint library = RequireLibrary();
        var decode = (delegate* unmanaged<byte*, float*, long, void>)NativeLibrary.GetExport(library, "dequantize_row_" + RowName(type));
        BlockFormat format = BlockFormats.Get(type);
        byte[] bytes = Bytes(format.BlockBytes * 1031, (uint)type + 40);
        float[] values = Decode(format, bytes);
        var expected = new float[values.Length];
        fixed (byte* from = bytes)
        fixed (float* to = expected)
        {
            decode(from, to, expected.Length);
        }

        for (int index = 0; index < values.Length; index++)
        {
            bool same = BitConverter.SingleToInt32Bits(values[index]) == BitConverter.SingleToInt32Bits(expected[index]) || (float.IsNaN(values[index]) && float.IsNaN(expected[index]));
            Assert.True(same, $"{type} element {index}: {values[index]:R}, llama.cpp has {expected[index]:R}");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Quantize_NormalValues_GivesTheBytesOfLlamaCpp(ElementType type)
    {
        nint library = RequireLibrary();
        var encode = (delegate* unmanaged<float*, byte*, long, long, float*, nuint>)NativeLibrary.GetExport(library, "quantize_" + RowName(type));
        BlockFormat format = BlockFormats.Get(type);
        int different = 0;
        const int rows = 400;
        foreach (float size in (float[])[0.02f, 1f])
        {
            float[] values = Noise(256 * rows, size, (uint)type + 3);
            byte[] bytes = Encode(format, values);
            var expected = new byte[bytes.Length];
            fixed (float* from = values)
            fixed (byte* to = expected)
            {
                Assert.Equal((nuint)expected.Length, encode(from, to, rows, 256, null));
            }

            different += Enumerable.Range(0, bytes.Length / format.BlockBytes)
                .Count(block => !bytes.AsSpan(block * format.BlockBytes, format.BlockBytes).SequenceEqual(expected.AsSpan(block * format.BlockBytes, format.BlockBytes)));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{type}: {different} of {2 * rows * 256 / format.BlockElements} blocks differ.");
        Assert.Equal(0, different);
    }

    private static nint RequireLibrary()
    {
        string? folder = Environment.GetEnvironmentVariable("AGENTS_ORACLE_LLAMACPP");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "AGENTS_ORACLE_LLAMACPP does not name an installed tests/oracles/llama-cpp.");
        string binaries = Path.Combine(folder!, "node_modules", "@node-llama-cpp", "linux-x64", "bins", "linux-x64", "libggml-base.so");
        Assert.SkipUnless(File.Exists(binaries), $"{binaries} is missing; run npm install in {folder} on Linux x64.");
        return NativeLibrary.Load(binaries);
    }
}
