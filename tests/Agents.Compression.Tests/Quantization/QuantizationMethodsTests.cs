using Agents.Compression.Quantization;
using Agents.Models.Checkpoints;
using Agents.Numerics.Formats;

namespace Agents.Compression.Tests.Quantization;

public sealed class QuantizationMethodsTests
{
    [Fact]
    public void All_HoldsEveryBlockFormatAndTheMixture() =>
        Assert.Equal(BlockFormats.All.Select(format => format.Name.ToLowerInvariant()).Append("q4_k_m"), new QuantizationMethods().All.Select(method => method.Id));

    [Theory]
    [InlineData("q8_0", ElementType.Q8_0, 64, 8.5)]
    [InlineData("f16", ElementType.F16, 33, 16)]
    [InlineData("bf16", ElementType.BF16, 33, 16)]
    [InlineData("f32", ElementType.F32, 33, 32)]
    [InlineData("q4_0", ElementType.Q4_0, 96, 4.5)]
    [InlineData("q5_1", ElementType.Q5_1, 96, 6)]
    [InlineData("iq4_nl", ElementType.IQ4_NL, 32, 4.5)]
    [InlineData("q2_k", ElementType.Q2_K, 512, 2.625)]
    [InlineData("q3_k", ElementType.Q3_K, 512, 3.4375)]
    [InlineData("q4_k_m", ElementType.Q4_K, 512, 4.5)]
    [InlineData("q6_k", ElementType.Q6_K, 512, 6.5625)]
    [InlineData("tq1_0", ElementType.TQ1_0, 256, 1.6875)]
    [InlineData("tq2_0", ElementType.TQ2_0, 256, 2.0625)]
    public void Get_KnownId_ReturnsTheMethod(string id, ElementType type, int rowLength, double bits)
    {
        IQuantizationMethod method = new QuantizationMethods().Get(id);

        Assert.Equal(id, method.Id);
        Assert.Equal(type, method.TypeFor(new MatrixDescription("w", rowLength, 4, TiedEmbeddings: false)));
        Assert.Contains(FormattableString.Invariant($"{bits:0.##} bits"), method.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("q8-0", "'q8_0'")]
    [InlineData("f61", "'f16'")]
    [InlineData("Q8_0", "'q8_0'")]
    public void Get_Misspelt_OffersTheNearest(string id, string expected)
    {
        QuantizationMethodNotFoundException error = Assert.Throws<QuantizationMethodNotFoundException>(() => new QuantizationMethods().Get(id));

        Assert.Contains($"'{id}'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Did you mean {expected}", error.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<CompressionException>(error);
    }

    [Fact]
    public void Get_NothingNear_ListsWhatIsThere()
    {
        QuantizationMethodNotFoundException error = Assert.Throws<QuantizationMethodNotFoundException>(() => new QuantizationMethods().Get("awq-gptq"));

        Assert.Contains("Known: bf16, f16, f32, iq4_nl, q2_k, q3_k, q4_0, q4_1, q4_k, ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_NewMethod_IsFound()
    {
        QuantizationMethods methods = new();
        ConstantMethod method = new();

        methods.Add(method);

        Assert.Same(method, methods.Get("constant"));
    }

    [Fact]
    public void Add_TakenId_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new QuantizationMethods().Add(new RoundToNearest(MatrixTypes.Of(ElementType.F16))));

    [Fact]
    public void TypeFor_RowsThatAreNoWholeBlocks_IsTheSubstitute()
    {
        RoundToNearest method = new(MatrixTypes.Of(ElementType.Q6_K));

        Assert.Equal(ElementType.Q8_0, method.TypeFor(Matrix(96)));
        Assert.True(method.IsFallback(Matrix(96)));
        Assert.False(method.IsFallback(Matrix(512)));
    }

    [Theory]
    [InlineData(65519f, true)]
    [InlineData(65520f, false)]
    [InlineData(-1e9f, false)]
    public void Encode_Half_RefusesWhatWouldBecomeInfinite(float value, bool holds)
    {
        RoundToNearest method = new(MatrixTypes.Of(ElementType.F16));
        byte[] stored = new byte[4];

        Exception? error = Record.Exception(() => method.Encode(Matrix(2), ElementType.F16, [1f, value], stored));

        Assert.Equal(holds, error is null);
        Assert.True(holds || error is ArgumentException);
    }

    private static MatrixDescription Matrix(long rowLength) => new("w", rowLength, 2, TiedEmbeddings: true);
}
