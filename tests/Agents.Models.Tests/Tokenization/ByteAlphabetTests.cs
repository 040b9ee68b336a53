using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class ByteAlphabetTests
{
    [Theory]
    [InlineData(0x00, 0x100)]
    [InlineData((int)'\n', 0x10A)]
    [InlineData((int)' ', 0x120)]
    [InlineData(0x7F, 0x121)]
    [InlineData(0xA0, 0x142)]
    [InlineData(0xAD, 0x143)]
    [InlineData((int)'!', '!')]
    [InlineData((int)'~', '~')]
    [InlineData(0xAE, 0xAE)]
    [InlineData(0xFF, 0xFF)]
    public void ToCharacter_KnownByte_IsTheAgreedCharacter(int value, int expected) =>
        Assert.Equal((char)expected, ByteAlphabet.ToCharacter((byte)value));

    [Fact]
    public void TryRead_AllBytesWritten_ReturnsThem()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

        string written = ByteAlphabet.Write(all);

        Assert.Equal(256, written.Distinct().Count());
        Assert.True(ByteAlphabet.TryRead(written, out byte[]? read));
        Assert.Equal(all, read);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\u0144")]
    [InlineData("a\u4E2D")]
    public void TryRead_CharacterOutsideTheAlphabet_IsRefused(string entry) => Assert.False(ByteAlphabet.TryRead(entry, out _));
}
