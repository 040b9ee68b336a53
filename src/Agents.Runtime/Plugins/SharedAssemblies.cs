namespace Agents.Runtime.Plugins;

/// <summary>Assemblies that every plugin context takes from the host, so that contract types are the same type on both sides. Everything else is private to a plugin.</summary>
internal static class SharedAssemblies
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "Agents.Abstractions",
        "Agents.Numerics",
        "Microsoft.Extensions.AI.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
    };

    private static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>Returns whether the host's copy is used.</summary>
    /// <param name="name">Simple assembly name.</param>
    public static bool IsShared(string? name) => name is not null && Names.Contains(name);

    /// <summary>Returns whether an assembly belongs to the .NET base framework.</summary>
    /// <param name="name">Simple assembly name.</param>
    public static bool IsFramework(string name) => File.Exists(Path.Combine(FrameworkFolder, name + ".dll"));
}
