using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;

namespace Agents.Models.Cache;

/// <summary>Settings of a <see cref="KvPagePool"/>.</summary>
public sealed record KvCacheOptions
{
    /// <summary>Largest accepted page.</summary>
    public const int LargestPage = 4096;

    /// <summary>Gets how keys and values are stored: F32, F16 (half the memory) or Q8_0 (about a quarter).</summary>
    /// <value>F32 by default, with which sampling and training agree bit for bit.</value>
    public ElementType Type { get; init; } = ElementType.F32;

    /// <summary>Gets the positions per page, for all layers together: the unit in which sequences take memory and share prefixes.</summary>
    /// <value>64 by default; a multiple of 16.</value>
    public int PagePositions { get; init; } = 64;

    /// <summary>Gets the most bytes of all pages.</summary>
    /// <value>Null by default, which means half of the memory that this process may use.</value>
    public long? MaximumBytes { get; init; }

    /// <summary>Gets the most positions of all pages. When both limits are given, the smaller one holds.</summary>
    /// <value>Null by default: no limit but the bytes.</value>
    public long? MaximumPositions { get; init; }

    /// <summary>Checks all values and reports all failures at once.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public void Validate()
    {
        List<string> failures = [];
        if (Type is not (ElementType.F32 or ElementType.F16 or ElementType.Q8_0))
        {
            failures.Add($"{nameof(Type)} is {BlockLayouts.NameOf(Type)}; expected F32, F16 or Q8_0");
        }

        if (PagePositions is < AttentionShape.KeyBlock or > LargestPage || PagePositions % AttentionShape.KeyBlock != 0)
        {
            failures.Add($"{nameof(PagePositions)} is {PagePositions}; expected a multiple of {AttentionShape.KeyBlock} up to {LargestPage}");
        }

        if (MaximumBytes is < 1)
        {
            failures.Add($"{nameof(MaximumBytes)} is {MaximumBytes}; expected a positive number, or null for half of the memory");
        }

        if (MaximumPositions is < 1)
        {
            failures.Add($"{nameof(MaximumPositions)} is {MaximumPositions}; expected a positive number, or null for no limit");
        }

        if (failures.Count > 0)
        {
            throw new ArgumentException($"Invalid {nameof(KvCacheOptions)}: {string.Join("; ", failures)}.");
        }
    }
}
