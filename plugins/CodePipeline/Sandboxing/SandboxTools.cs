using System.Reflection;

namespace Agents.Plugins.CodePipeline.Sandboxing;

/// <summary>The programs of util-linux and coreutils that build a sandbox.</summary>
internal sealed class SandboxTools
{
    /// <summary>Way out for everybody whose machine cannot isolate; part of each refusal.</summary>
    public const string WayOut = "Programs are never run unprotected: use a flow that runs nothing (basic, ac, act) or the mini-language.";

    private const string ScriptName = "Agents.Plugins.CodePipeline.Sandboxing.sandbox.sh";
    private static readonly string[] Places = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];
    private static readonly string[] Needed = ["unshare", "setpriv", "prlimit", "timeout", "mount", "umount", "pivot_root", "sh"];

    // An existing folder to hang the new root over, in a mount namespace of its own: nobody else sees it there.
    private static readonly string[] MountPoints = ["/mnt", "/media", "/srv", "/opt", "/home", "/tmp"];

    private SandboxTools(IReadOnlyDictionary<string, string> paths, string script)
    {
        Paths = paths;
        Script = script;
    }

    /// <summary>Gets the full path of each tool.</summary>
    public IReadOnlyDictionary<string, string> Paths { get; }

    /// <summary>Gets the script that builds the root.</summary>
    public string Script { get; }

    /// <summary>Finds the tools.</summary>
    /// <param name="places">Folders to look into, in order; none for those of the system.</param>
    /// <exception cref="CodePipelineException">This is no Linux, or a tool is missing.</exception>
    public static SandboxTools Find(params IReadOnlyList<string> places)
    {
        IReadOnlyList<string> folders = places.Count == 0 ? Places : places;
        if (!OperatingSystem.IsLinux())
        {
            throw new CodePipelineException($"Model-written programs are isolated by Linux namespaces, which this system does not have. {WayOut}");
        }

        var paths = Needed.ToDictionary(name => name, name => folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? "");
        string[] missing = [.. paths.Where(tool => tool.Value.Length == 0).Select(tool => tool.Key)];
        if (missing.Length > 0)
        {
            throw new CodePipelineException($"The sandbox needs {string.Join(", ", missing)}, not found in {string.Join(", ", folders)}: install util-linux and coreutils. {WayOut}");
        }

        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(ScriptName)
            ?? throw new InvalidOperationException($"The resource '{ScriptName}' is built into this assembly.");
        using var reader = new StreamReader(stream);
        return new SandboxTools(paths, reader.ReadToEnd());
    }

    /// <summary>Returns a folder that the new root can be mounted over without hiding what it is made of.</summary>
    /// <param name="shown">Folders and files that will be shown.</param>
    public static string MountPoint(IEnumerable<string> shown) =>
        MountPoints.FirstOrDefault(point => Directory.Exists(point) && !shown.Any(path => path == point || path.StartsWith(point + "/", StringComparison.Ordinal)))
        ?? throw new CodePipelineException($"The sandbox found no free folder among {string.Join(", ", MountPoints)} to build its root on. {WayOut}");
}
