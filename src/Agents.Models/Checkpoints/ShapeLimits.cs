namespace Agents.Models.Checkpoints;

/// <summary>Bounds on sizes that a file may declare, far above any real model and low enough that products of two of them cannot overflow.</summary>
internal static class ShapeLimits
{
    public const int Width = 1 << 20;

    public const int FeedForward = 1 << 24;

    public const int Vocabulary = 1 << 26;

    public const int Context = 1 << 26;

    public const int Heads = 1 << 14;

    public const int HeadSize = 1 << 14;

    /// <summary>Returns a declared size.</summary>
    /// <param name="source">File and key, for the message.</param>
    /// <param name="value">What the file says.</param>
    /// <param name="largest">Inclusive bound.</param>
    /// <exception cref="ModelFormatException">The size is outside 1 to the bound.</exception>
    public static int Require(string source, long value, int largest) =>
        value >= 1 && value <= largest
            ? (int)value
            : throw new ModelFormatException($"{source} is {value}; expected 1 to {largest}. The file is damaged or not of a supported model.");

    /// <summary>Checks the shape that a file declares, blaming the file.</summary>
    /// <param name="source">The file.</param>
    /// <param name="shape">The shape.</param>
    /// <exception cref="ModelFormatException">The shape is invalid.</exception>
    public static ModelShape Require(string source, ModelShape shape)
    {
        try
        {
            shape.Validate();
            foreach (int headSize in shape.Layers.Select(layer => layer.HeadSize).Distinct())
            {
                Decoder.RopeFrequencies.Compute(shape.RopeTheta, shape.RopeScaling, headSize);
            }

            return shape;
        }
        catch (ArgumentException error)
        {
            throw new ModelFormatException($"{source}: {error.Message}", error);
        }
    }
}
