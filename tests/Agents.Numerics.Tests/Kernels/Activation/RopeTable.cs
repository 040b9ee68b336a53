using System.Numerics;

namespace Agents.Numerics.Tests.Kernels.Activation;

/// <summary>Cosines and sines of rotary positions for tests.</summary>
internal static class RopeTable
{
    public static TestMatrix<T> Create<T>(int positions, int headSize, double theta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TestMatrix<T> table = new(positions, headSize);
        for (int position = 0; position < positions; position++)
        {
            for (int j = 0; j < headSize / 2; j++)
            {
                double angle = position * Math.Pow(theta, -2.0 * j / headSize);
                table[position, j] = T.CreateTruncating((float)Math.Cos(angle));
                table[position, (headSize / 2) + j] = T.CreateTruncating((float)Math.Sin(angle));
            }
        }

        return table;
    }
}
