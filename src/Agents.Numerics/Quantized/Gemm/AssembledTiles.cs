using System.Runtime.Versioning;
using Agents.Numerics.Assembly;
using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>The assembled tile kernels. Made on first use and kept for the life of the process.</summary>
[SupportedOSPlatform("linux")]
internal static class AssembledTiles
{
    private static readonly Lock s_lock = new();
    private static readonly Dictionary<(ElementType Type, int Panels), ExecutableMemory> s_made = [];

    /// <summary>Returns the address of a function that takes the address of <see cref="TileArguments"/>; valid for ever.</summary>
    /// <param name="type">Format of the weight.</param>
    /// <param name="panels">Panels per call: 1 or 2.</param>
    /// <exception cref="InvalidOperationException">The system refuses executable pages.</exception>
    public static nint Address(ElementType type, int panels)
    {
        lock (s_lock)
        {
            if (!s_made.TryGetValue((type, panels), out ExecutableMemory? code))
            {
                code = new ExecutableMemory(TileAssembler.Assemble(type, panels));
                s_made.Add((type, panels), code);
            }

            return code.Address;
        }
    }
}
