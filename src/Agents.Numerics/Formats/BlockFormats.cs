using System.Diagnostics.CodeAnalysis;

namespace Agents.Numerics.Formats;

/// <summary>The element types this build can encode and decode.</summary>
public static class BlockFormats
{
    private static readonly BlockFormat[] Registered =
    [
        new F32Format(), new F16Format(), new BF16Format(), new Q80Format(),
        new Q40Format(), new Q41Format(), new Q50Format(), new Q51Format(), new IQ4NLFormat(),
        new Q2KFormat(), new Q3KFormat(), new Q4KFormat(), new Q5KFormat(), new Q6KFormat(),
        new TQ10Format(), new TQ20Format(),
    ];

    /// <summary>All codecs, in order of registration.</summary>
    public static IReadOnlyList<BlockFormat> All => Registered;

    /// <summary>Looks a codec up.</summary>
    /// <param name="type">Any value.</param>
    /// <param name="format">The codec; null when the result is false.</param>
    /// <returns>False when this build has no codec for the type.</returns>
    public static bool TryGet(ElementType type, [NotNullWhen(true)] out BlockFormat? format)
    {
        foreach (BlockFormat candidate in Registered)
        {
            if (candidate.Type == type)
            {
                format = candidate;
                return true;
            }
        }

        format = null;
        return false;
    }

    /// <summary>The codec of a type.</summary>
    /// <param name="type">The type.</param>
    /// <returns>The codec.</returns>
    /// <exception cref="NotSupportedException">This build has no codec for the type; the message lists those it has.</exception>
    public static BlockFormat Get(ElementType type) =>
        TryGet(type, out BlockFormat? format)
            ? format
            : throw new NotSupportedException(
                $"No codec for {BlockLayouts.NameOf(type)}; this build has {string.Join(", ", Registered.Select(known => known.Name))}.");
}
