using System.Text;
using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class StreamingDecoderTests
{
    private static readonly BytePairTokenizer _bytes = SampleTokenizers.BytesOnly("<|stop|>");

    [Fact]
    public void Append_CharacterInFourTokens_ComesWithTheLast()
    {
        StreamingDecoder sut = new(_bytes);
        byte[] llama = Encoding.UTF8.GetBytes("🦙");

        Assert.Equal(["", "", "", "🦙"], llama.Select(value => sut.Append(value)));
        Assert.Equal("", sut.Finish());
    }

    [Fact]
    public void Finish_TornCharacter_IsReplacedOnceAndDecoderStartsAnew()
    {
        StreamingDecoder sut = new(_bytes);

        Assert.Equal("", sut.Append(0xE2));
        Assert.Equal("", sut.Append(0x82));
        Assert.Equal("\uFFFD", sut.Finish());
        Assert.Equal("a", sut.Append('a'));
    }

    [Fact]
    public void Append_ControlTokenInsideACharacter_IsSkippedOrShown()
    {
        StreamingDecoder skipping = new(_bytes, skipSpecial: true);
        StreamingDecoder showing = new(_bytes);

        Assert.Equal("é", skipping.Append(0xC3) + skipping.Append(256) + skipping.Append(0xA9));
        Assert.Equal("\uFFFD<|stop|>\uFFFD", showing.Append(0xC3) + showing.Append(256) + showing.Append(0xA9) + showing.Finish());
    }

    [Fact]
    public void Append_UnknownId_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new StreamingDecoder(_bytes).Append(257));

    [Fact]
    public void Append_RandomBytes_EqualsWholeDecode()
    {
        for (ulong seed = 0; seed < 400; seed++)
        {
            CountedNumbers numbers = new(seed);
            int[] ids = RandomIds(ref numbers);
            StreamingDecoder sut = new(_bytes);
            StringBuilder text = new();

            foreach (int id in ids)
            {
                text.Append(sut.Append(id));
            }

            text.Append(sut.Finish());
            Assert.Equal(_bytes.Decode(ids), text.ToString());
        }
    }

    [Fact]
    public void Append_RandomChunksOfText_EqualsWholeDecode()
    {
        // A vocabulary of random slices of UTF-8, so that tokens begin and end anywhere inside characters.
        for (ulong seed = 0; seed < 60; seed++)
        {
            CountedNumbers numbers = new(seed);
            byte[] bytes = Encoding.UTF8.GetBytes(numbers.Text(60));
            List<byte[]> slices = [];
            for (int start = 0; start < bytes.Length;)
            {
                int length = Math.Min(1 + numbers.Below(6), bytes.Length - start);
                slices.Add(bytes[start..(start + length)]);
                start += length;
            }

            BytePairTokenizer tokenizer = SampleTokenizers.WithTokens(slices);
            int[] ids = [.. Enumerable.Range(256, slices.Count)];
            StreamingDecoder sut = new(tokenizer);

            string streamed = string.Concat(ids.Select(id => sut.Append(id)).ToList()) + sut.Finish();

            Assert.Equal(Encoding.UTF8.GetString(bytes), tokenizer.Decode(ids));
            Assert.Equal(tokenizer.Decode(ids), streamed);
        }
    }

    /// <summary>Bytes around the borders of UTF-8, where replacement is easy to get wrong.</summary>
    private static int[] RandomIds(ref CountedNumbers numbers)
    {
        int[] borders = [0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF, 256];
        int[] ids = new int[1 + numbers.Below(30)];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = borders[numbers.Below(borders.Length)];
        }

        return ids;
    }
}
