using Agents.Training.Rollouts;

namespace Agents.Training.Tests.Rollouts;

public sealed unsafe class WeightFingerprintTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(37)]
    [InlineData(160)]
    public void Of_AnyBitOfAnyValue_ChangesTheName(int count)
    {
        SampleStream random = new((ulong)count);
        float[] values = [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
        HashSet<string> names = [Of(values)];
        for (int i = 0; i < count; i++)
        {
            for (int bit = 0; bit < 32; bit += 5)
            {
                float[] changed = [.. values];
                changed[i] = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(changed[i]) ^ (1u << bit));
                Assert.True(names.Add(Of(changed)));
            }
        }

        Assert.Equal(Of(values), Of([.. values]));
    }

    [Fact]
    public void Of_ValuesThatChangePlaces_ChangesTheName()
    {
        float[] values = [.. Enumerable.Range(0, 64).Select(i => (float)i)];
        HashSet<string> names = [Of(values)];
        for (int i = 0; i < 63; i++)
        {
            for (int j = i + 1; j < 64; j++)
            {
                float[] changed = [.. values];
                (changed[i], changed[j]) = (changed[j], changed[i]);
                Assert.True(names.Add(Of(changed)));
            }
        }
    }

    [Fact]
    public void Of_MoreZeros_ChangesTheName() => Assert.Equal(40, Enumerable.Range(1, 40).Select(count => Of(new float[count])).Distinct().Count());

    private static string Of(float[] values)
    {
        fixed (float* data = values)
        {
            return WeightFingerprint.Of(data, values.Length);
        }
    }
}
