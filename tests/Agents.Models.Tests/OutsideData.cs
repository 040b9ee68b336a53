namespace Agents.Models.Tests;

/// <summary>Files from outside that opt-in tests use.</summary>
internal static class OutsideData
{
    /// <summary>Path of a file below the folder named by AGENTS_TEST_DATA; skips the running test when it is not there.</summary>
    public static string Require(params ReadOnlySpan<string> parts)
    {
        string? folder = Environment.GetEnvironmentVariable("AGENTS_TEST_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "AGENTS_TEST_DATA does not name a folder with outside test data.");
        string path = Path.Combine([folder!, .. parts]);
        Assert.SkipUnless(File.Exists(path), $"Outside test data lacks {string.Join('/', parts.ToArray())}.");
        return path;
    }
}
