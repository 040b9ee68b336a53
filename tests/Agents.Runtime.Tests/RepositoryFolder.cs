using System.Runtime.CompilerServices;

namespace Agents.Runtime.Tests;

/// <summary>Finds files of the repository (prompts, recipes) from the test's source path.</summary>
internal static class RepositoryFolder
{
    public static string Path { get; } = Find();

    private static string Find([CallerFilePath] string file = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, "..", ".."));
}
