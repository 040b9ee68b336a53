using System.Security.Cryptography;
using System.Text;
using Agents.Cli.Output;

namespace Agents.Cli.Sessions;

/// <summary>Names of journals, one per task and strategy. The name carries a hash of everything that decides the answers, so that a resumed run cannot mix two models or settings.</summary>
/// <param name="folder">Folder of the journals; null for none.</param>
/// <param name="identity">Model, options and budget as text.</param>
internal sealed class EvaluationJournals(string? folder, string identity)
{
    private readonly string _hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..8];

    /// <summary>Returns the path of a journal; null when none is to be kept.</summary>
    /// <param name="task">Name of the task.</param>
    /// <param name="strategy">Id of the strategy.</param>
    /// <exception cref="UsageException">The folder is a file.</exception>
    public string? PathOf(string task, string strategy)
    {
        if (folder is null)
        {
            return null;
        }

        if (File.Exists(folder))
        {
            throw new UsageException($"--out '{folder}' is a file; journals are kept in a folder, one per task and strategy.");
        }

        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"{task}.{strategy}.{_hash}.journal");
    }
}
