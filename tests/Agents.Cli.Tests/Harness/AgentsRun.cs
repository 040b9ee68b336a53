using System.Text.Json;

namespace Agents.Cli.Tests.Harness;

/// <summary>What a call of the command did.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record AgentsRun(int ExitCode, string Output, string Error)
{
    /// <summary>Reads standard output as the one JSON document that <c>--json</c> promises.</summary>
    public JsonElement Json()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}");
        return ParsedOutput();
    }

    /// <summary>Reads standard output as JSON whatever the exit code.</summary>
    public JsonElement ParsedOutput()
    {
        using JsonDocument document = JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }

    /// <summary>Asserts that the call failed with a code and exactly one line on standard error that contains some words, and no result.</summary>
    /// <param name="exitCode">Expected code.</param>
    /// <param name="words">Words of the line.</param>
    public void FailsWith(int exitCode, params string[] words)
    {
        Assert.True(exitCode == ExitCode, $"expected exit code {exitCode}, got {ExitCode}; stderr: {Error}; stdout: {Output}");
        Assert.Equal("", Output);
        string line = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        foreach (string word in words)
        {
            Assert.Contains(word, line, StringComparison.Ordinal);
        }
    }
}
