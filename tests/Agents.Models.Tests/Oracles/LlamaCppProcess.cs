using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Agents.Models.Tests.Oracles;

/// <summary>Runs tests/oracles/llama-cpp/run.mjs, which answers JSON lines with llama.cpp.</summary>
internal static class LlamaCppProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The folder where the npm package is installed; skips the running test when the environment does not name one.</summary>
    public static string RequireFolder()
    {
        string? folder = Environment.GetEnvironmentVariable("AGENTS_ORACLE_LLAMACPP");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "AGENTS_ORACLE_LLAMACPP does not name an installed tests/oracles/llama-cpp.");
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder!, "node_modules")), $"{folder} has no node_modules; run npm install there.");
        return folder!;
    }

    public static async Task<int[][]> AskAsync(
        string folder, string modelPath, IEnumerable<object> requests, CancellationToken cancellationToken, bool vocabularyOnly = false)
    {
        ProcessStartInfo start = new("node", [Path.Combine(folder, "run.mjs"), modelPath, .. vocabularyOnly ? (string[])["--vocab-only"] : []])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["NODE_LLAMA_CPP_SKIP_DOWNLOAD"] = "true";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        foreach (object request in requests)
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request).AsMemory(), cancellationToken);
        }

        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        Assert.True(process.ExitCode == 0, $"The oracle ended with code {process.ExitCode}: {await errors}");
        return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Ids)];
    }

    private static int[] Ids(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return [.. document.RootElement.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32())];
    }
}
