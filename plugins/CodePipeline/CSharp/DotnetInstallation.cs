namespace Agents.Plugins.CodePipeline.CSharp;

/// <summary>The .NET runtime that this process runs on, and the C# runner beside the plugin.</summary>
/// <param name="Host">The program <c>dotnet</c>.</param>
/// <param name="Root">Folder of the runtime.</param>
/// <param name="Runner">The runner's assembly.</param>
internal sealed record DotnetInstallation(string Host, string Root, string Runner)
{
    private const string RunnerFile = "Agents.CodeRunner.dll";

    /// <summary>Finds both.</summary>
    /// <exception cref="CodePipelineException">One of them is not there.</exception>
    public static DotnetInstallation Find()
    {
        // shared/Microsoft.NETCore.App/10.0.x/ lies in the root.
        string libraries = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";
        string root = libraries.Length == 0 ? "" : Path.GetFullPath(Path.Combine(libraries, "..", "..", ".."));
        string host = Path.Combine(root, "dotnet");
        if (root.Length == 0 || !File.Exists(host))
        {
            throw new CodePipelineException("C# programs need the shared .NET runtime with its 'dotnet' host, which this self-contained program lacks. Install .NET 10, or use another language.");
        }

        string runner = Path.Combine(Path.GetDirectoryName(typeof(DotnetInstallation).Assembly.Location) ?? "", "runner", RunnerFile);
        return File.Exists(runner)
            ? new DotnetInstallation(host, Path.TrimEndingDirectorySeparator(root), runner)
            : throw new CodePipelineException($"The C# runner is missing at '{runner}'. Reinstall the plugin code-pipeline.");
    }
}
