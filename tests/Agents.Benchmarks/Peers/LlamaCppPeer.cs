using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agents.Benchmarks.Peers;

/// <summary>llama.cpp in a process of its own (tests/oracles/llama-cpp/engine.py), asked one question at a time; idle in between, so it does not disturb what is measured here.</summary>
internal sealed class LlamaCppPeer : IDisposable
{
    private readonly Process _process;

    private LlamaCppPeer(Process process, JsonNode greeting)
    {
        _process = process;
        LoadSeconds = (double)greeting["loadSeconds"]!;
        VocabularySize = (int)greeting["vocabulary"]!;
    }

    /// <summary>Gets the seconds llama.cpp took to open the file.</summary>
    public double LoadSeconds { get; }

    /// <summary>Gets the number of token ids.</summary>
    public int VocabularySize { get; }

    /// <summary>Gets the folder in which <c>npm install</c> ran, or null when the environment names none.</summary>
    public static string? PackageFolder => Environment.GetEnvironmentVariable("AGENTS_ORACLE_LLAMACPP") is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>Opens a model.</summary>
    /// <param name="model">The .gguf file.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="context">Positions over all sequences.</param>
    /// <param name="sequences">Sequences at a time.</param>
    /// <param name="cache">Type of keys and values: f16 or f32.</param>
    /// <param name="flash">Order of attention: auto, on or off.</param>
    public static LlamaCppPeer Start(string model, int threads, int context, int sequences, string cache, string flash = "auto")
    {
        string folder = PackageFolder
            ?? throw new InvalidOperationException("AGENTS_ORACLE_LLAMACPP names no folder; run npm install in a copy of tests/oracles/llama-cpp and point it there.");
        ProcessStartInfo start = new("python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                Path.Combine(Root(), "tests", "oracles", "llama-cpp", "engine.py"), folder, Path.GetFullPath(model),
                "--threads", $"{threads}", "--context", $"{context}", "--sequences", $"{sequences}", "--kv", cache, "--flash", flash,
            },
        };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
        string greeting = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("engine.py ended before it was ready; see its message above.");
        return new LlamaCppPeer(process, JsonNode.Parse(greeting)!);
    }

    /// <summary>Asks one question.</summary>
    /// <param name="request">See engine.py.</param>
    public JsonNode Ask(object request)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("engine.py ended; see its message above.");
        return JsonNode.Parse(line)!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
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

        throw new InvalidOperationException("Agents.sln was not found above the program; run from a checkout.");
    }
}
