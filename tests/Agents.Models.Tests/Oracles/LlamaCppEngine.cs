using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Agents.Models.Tests.Oracles;

/// <summary>Logits of llama.cpp through its C interface (tests/oracles/llama-cpp/engine.py), keys and values in single precision.</summary>
internal static class LlamaCppEngine
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Returns the logits behind every token of one sequence, row by row.</summary>
    /// <param name="folder">Where the npm package is installed.</param>
    /// <param name="model">The .gguf file.</param>
    /// <param name="tokens">The sequence.</param>
    /// <param name="oneByOne">Whether each token is a batch of its own, as in decoding.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    public static async Task<float[]> LogitsAsync(string folder, string model, int[] tokens, bool oneByOne, CancellationToken cancellationToken)
    {
        string file = model + ".logits";
        string[] arguments = [Path.Combine(Root(), "tests", "oracles", "llama-cpp", "engine.py"), folder, model, "--kv", "f32", "--flash", "off", "--batch", "512", "--context", "1024"];
        ProcessStartInfo start = new("python3", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { op = "logits", tokens, file, one = oneByOne }).AsMemory(), cancellationToken);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
            Assert.True(process.ExitCode == 0, $"engine.py ended with code {process.ExitCode}: {await errors} {await output}");
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        byte[] bytes = await File.ReadAllBytesAsync(file, cancellationToken);
        File.Delete(file);
        return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Agents.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Agents.sln was not found above the tests; run them from a checkout.");
    }
}
