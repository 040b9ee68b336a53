namespace Agents.Server.Tests;

/// <summary>Where the repository's projects put what was built together with these tests.</summary>
internal static class BuildFolder
{
    private static readonly DirectoryInfo Own = new(AppContext.BaseDirectory);

    /// <summary>Name of the innermost output folder.</summary>
    public static string Framework => Own.Name;

    /// <summary>The repository.</summary>
    public static string Repository { get; } = Find();

    /// <summary>The folder of a project's builds in the configuration of these tests; it holds one subfolder, <see cref="Framework"/>.</summary>
    public static string Of(params string[] project) => Path.Combine([Repository, .. project, "bin", Own.Parent!.Name]);

    private static string Find()
    {
        DirectoryInfo folder = Own;
        while (!File.Exists(Path.Combine(folder.FullName, "Agents.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The repository is not above the tests.");
        }

        return folder.FullName;
    }
}
