using System.Reflection;

namespace Agents.Cli.Tests.Harness;

/// <summary>Where the build put things.</summary>
public static class BuildPaths
{
    /// <summary>Gets the root of the repository.</summary>
    public static string Repository { get; } = Metadata("RepositoryRoot");

    /// <summary>Gets the configuration of this build.</summary>
    public static string Configuration { get; } = Metadata("Configuration");

    /// <summary>Gets the output folder of the command.</summary>
    public static string CommandOutput { get; } = Path.Combine(Repository, "src", "Agents.Cli", "bin", Configuration, "net10.0");

    /// <summary>Gets a scratch folder of this test run; removed at its end.</summary>
    public static string Scratch { get; } = CreateScratch();

    /// <summary>Creates an empty folder below the scratch folder.</summary>
    /// <param name="name">Its name.</param>
    public static string Folder(string name)
    {
        string path = Path.Combine(Scratch, name);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        return Directory.CreateDirectory(path).FullName;
    }

    private static string CreateScratch()
    {
        string path = Directory.CreateTempSubdirectory("agents-cli-tests-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(path, recursive: true);
        return path;
    }

    private static string Metadata(string key) =>
        typeof(BuildPaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
