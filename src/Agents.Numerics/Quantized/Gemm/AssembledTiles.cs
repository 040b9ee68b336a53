using System.Runtime.Versioning;
using Agents.Numerics.Assembly;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>The assembled tile kernels of one shape, for one and for two panels. Made on first use and kept for the life of the process.</summary>
[SupportedOSPlatform("linux")]
internal sealed class AssembledTiles
{
    private static readonly Lock s_lock = new();
    private static readonly Dictionary<TileShape, AssembledTiles> s_made = [];

    private readonly ExecutableMemory _single;
    private readonly ExecutableMemory _pair;

    private AssembledTiles(TileShape shape)
    {
        _single = new ExecutableMemory(TileAssembler.Assemble(shape, 1));
        _pair = new ExecutableMemory(TileAssembler.Assemble(shape, 2));
    }

    /// <summary>Gets the function for one panel; takes the address of <see cref="TileArguments"/>.</summary>
    public nint Single => _single.Address;

    /// <summary>Gets the function for two panels.</summary>
    public nint Pair => _pair.Address;

    /// <summary>Returns the kernels of a shape.</summary>
    /// <param name="shape">What the weight's format asks for.</param>
    /// <exception cref="InvalidOperationException">The system refuses executable pages.</exception>
    public static AssembledTiles Of(TileShape shape)
    {
        // The number of bits makes no difference here.
        TileShape key = shape with { CodeBits = 8 };
        lock (s_lock)
        {
            if (!s_made.TryGetValue(key, out AssembledTiles? tiles))
            {
                tiles = new AssembledTiles(key);
                s_made.Add(key, tiles);
            }

            return tiles;
        }
    }
}
