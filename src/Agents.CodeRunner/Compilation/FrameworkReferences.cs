using Microsoft.CodeAnalysis;

namespace Agents.CodeRunner.Compilation;

/// <summary>What programs can use: the base class library without its larger parts. The sandbox, not this list, keeps them from the network.</summary>
internal static class FrameworkReferences
{
    private static readonly string[] Names =
    [
        "System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Collections.Concurrent", "System.Collections.Immutable", "System.ComponentModel.Primitives", "System.Console",
        "System.Diagnostics.Process", "System.Linq", "System.Linq.Expressions", "System.Memory", "System.Net.Primitives", "System.Net.Sockets", "System.ObjectModel", "System.Runtime.Extensions",
        "System.Runtime.InteropServices", "System.Runtime.Numerics", "System.Text.Json", "System.Text.RegularExpressions", "System.Threading", "System.Threading.Tasks.Parallel",
        "System.Threading.Thread", "System.Private.Uri",
    ];

    /// <summary>Gets the references, this assembly with the recorder included.</summary>
    public static IReadOnlyList<MetadataReference> All { get; } = Create();

    private static MetadataReference[] Create()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        IEnumerable<string> paths = Names.Select(name => Path.Combine(folder, name + ".dll")).Where(File.Exists);
        return [.. paths.Append(typeof(FrameworkReferences).Assembly.Location).Select(path => MetadataReference.CreateFromFile(path))];
    }
}
