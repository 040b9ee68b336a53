using System.Runtime.Versioning;
using Agents.Numerics.Assembly;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>The assembled tile kernels. Made on first use and kept for the life of the process.</summary>
[SupportedOSPlatform("linux")]
internal static class AssembledTiles
{
    private static readonly Lock s_lock = new();
    private static readonly Dictionary<(TileShape Shape, int Panels), ExecutableMemory> s_made = [];

    /// <summary>Returns the address of a function that takes the address of <see cref="TileArguments"/>; valid for ever.</summary>
    /// <param name="shape">What the weight's format asks for.</param>
    /// <param name="panels">Panels per call: 1 or 2.</param>
    /// <exception cref="InvalidOperationException">The system refuses executable pages.</exception>
    public static nint Address(TileShape shape, int panels)
    {
        // The number of bits makes no difference here.
        (TileShape, int) key = (shape with { CodeBits = 8 }, panels);
        lock (s_lock)
        {
            if (!s_made.TryGetValue(key, out ExecutableMemory? code))
            {
                code = new ExecutableMemory(TileAssembler.Assemble(shape, panels));
                s_made.Add(key, code);
            }

            return code.Address;
        }
    }
}
