using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agents.Models.Tests.Oracles;

/// <summary>Logits and greedy tokens of llama.cpp through its C interface (tests/oracles/llama-cpp/engine.py), keys and values in single precision.</summary>
internal static class LlamaCppEngine
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Returns the logits behind every token of independent sequences, row by row.</summary>
    /// <param name="folder">Where the npm package is installed.</param>
    /// <param name="model">The .gguf file.</param>
    /// <param name="sequences">The sequences.</param>
    /// <param name="flash">Whether attention is the fused one, llama.cpp's other order of the same arithmetic.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <param name="adapter">A LoRA adapter as GGUF, or null.</param>
    public static async Task<float[]> LogitsAsync(string folder, string model, int[][] sequences, bool flash, CancellationToken cancellationToken, string? adapter = null)
    {
        string[] files = [.. sequences.Select((_, i) => $"{model}.{i}.logits")];
        await AskAsync(folder, model, sequences.Select((tokens, i) => (object)new { op = "logits", tokens, file = files[i] }), flash, adapter, cancellationToken);
        List<float> logits = [];
        foreach (string file in files)
        {
            logits.AddRange(MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(file, cancellationToken)));
            File.Delete(file);
        }

        return [.. logits];
    }

    /// <summary>Returns greedy continuations, end tokens included.</summary>
    /// <param name="folder">Where the npm package is installed.</param>
    /// <param name="model">The .gguf file.</param>
    /// <param name="prompts">Prompts.</param>
    /// <param name="count">Tokens behind each.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <param name="adapter">A LoRA adapter as GGUF, or null.</param>
    public static async Task<int[][]> GreedyAsync(string folder, string model, int[][] prompts, int count, CancellationToken cancellationToken, string? adapter = null)
    {
        string[] lines = await AskAsync(folder, model, prompts.Select(tokens => (object)new { op = "greedy", tokens, count }), flash: false, adapter, cancellationToken);
        return [.. lines.Select(line => JsonNode.Parse(line)!["ids"]!.Deserialize<int[]>()!)];
    }

    /// <summary>Starts the engine, sends requests, and returns their answers as JSON lines.</summary>
    private static async Task<string[]> AskAsync(string folder, string model, IEnumerable<object> requests, bool flash, string? adapter, CancellationToken cancellationToken)
    {
        string engine = Path.Combine(Root(), "tests", "oracles", "llama-cpp", "engine.py");
        string[] arguments =
        [
            engine, folder, model, "--kv", "f32", "--flash", flash ? "on" : "off", "--batch", "512", "--context", "1024",
            .. adapter is null ? (string[])[] : ["--adapter", adapter],
        ];
        ProcessStartInfo start = new("python3", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            foreach (object request in requests)
            {
                await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request).AsMemory(), cancellationToken);
            }

            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
            Assert.True(process.ExitCode == 0, $"engine.py ended with code {process.ExitCode}: {await errors} {await output}");

            // The first line only says that the engine is ready.
            return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
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
