namespace Agents.Fuzzing.Engine;

/// <summary>Inputs that once broke a promise or reach far, kept in the repository: one file each under Corpus/TARGET.</summary>
public static class FuzzCorpus
{
    /// <summary>Reads the corpus of a target.</summary>
    /// <param name="folder">The corpus folder.</param>
    /// <param name="target">Name of the target.</param>
    public static IReadOnlyList<byte[]> Read(string folder, string target)
    {
        string own = Path.Combine(folder, target);
        return Directory.Exists(own) ? [.. Directory.EnumerateFiles(own).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)] : [];
    }

    /// <summary>Writes an input under a name that follows from its bytes.</summary>
    /// <param name="folder">The corpus folder.</param>
    /// <param name="target">Name of the target.</param>
    /// <param name="input">The input.</param>
    /// <returns>The file.</returns>
    public static string Write(string folder, string target, byte[] input)
    {
        string own = Path.Combine(folder, target);
        Directory.CreateDirectory(own);
        string path = Path.Combine(own, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(input))[..16] + ".bin");
        File.WriteAllBytes(path, input);
        return path;
    }
}
