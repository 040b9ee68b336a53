using Agents.Cli.Output;
using Agents.Replication;
using Agents.Runtime.Replication;

namespace Agents.Cli.Sessions;

/// <summary>Where replications keep what they have seen.</summary>
internal static class ReplicationFolders
{
    /// <summary>Returns the run folder of a replication.</summary>
    /// <param name="output">What the user named; null for the default.</param>
    /// <param name="info">The replication.</param>
    /// <param name="profile">Its size.</param>
    /// <param name="several">Whether one command runs several, so that each needs a folder of its own below the named one.</param>
    /// <exception cref="UsageException">The folder is a file.</exception>
    public static string PathOf(string? output, ReplicationInfo info, string profile, bool several)
    {
        string own = $"{info.Paper}-{profile}";
        string path = Path.GetFullPath(output is null ? Path.Combine("runs", "replications", own) : several ? Path.Combine(output, own) : output);
        return File.Exists(path) ? throw new UsageException($"--output '{path}' is a file; a replication keeps what it has seen in a folder.") : path;
    }

    /// <summary>Removes what an earlier run left in a folder: its journal and its adapters, nothing else.</summary>
    /// <param name="folder">The folder.</param>
    public static void Clear(string folder)
    {
        string journal = Path.Combine(folder, Laboratory.JournalName);
        string adapters = Path.Combine(folder, Laboratory.AdaptersName);
        if (File.Exists(journal))
        {
            File.Delete(journal);
            if (Directory.Exists(adapters))
            {
                Directory.Delete(adapters, recursive: true);
            }
        }
    }
}
