using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Agents.Benchmarks.Training;

/// <summary>A process that runs one training step per line it is sent and answers with one line of JSON; idle in between.</summary>
internal sealed class StepProcess : IDisposable
{
    private readonly Process _process;

    private StepProcess(Process process, JsonNode greeting)
    {
        _process = process;
        Greeting = greeting;
    }

    /// <summary>Gets what the process said when it was ready.</summary>
    public JsonNode Greeting { get; }

    /// <summary>Starts the trainer of this program.</summary>
    /// <param name="model">The .gguf file.</param>
    /// <param name="threads">Compute threads.</param>
    public static StepProcess Own(string model, string threads)
    {
        string program = Environment.ProcessPath!;
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(StepProcess).Assembly.Location] : [];
        return Start(new ProcessStartInfo(program, [.. self, "lora-step-serve", Path.GetFullPath(model), threads]));
    }

    /// <summary>Starts tests/oracles/pytorch/lora_step.py with the interpreter that AGENTS_ORACLE_PYTORCH names, or python3.</summary>
    /// <param name="threads">Threads of PyTorch.</param>
    /// <param name="blasThreads">Threads of OpenBLAS.</param>
    public static StepProcess PyTorch(string threads, string blasThreads)
    {
        string interpreter = Environment.GetEnvironmentVariable("AGENTS_ORACLE_PYTORCH") is { Length: > 0 } named ? named : "python3";
        ProcessStartInfo start = new(interpreter, [Path.Combine(Root(), "tests", "oracles", "pytorch", "lora_step.py"), "serve", threads]);
        start.Environment["OMP_NUM_THREADS"] = threads;
        start.Environment["OPENBLAS_NUM_THREADS"] = blasThreads;
        return Start(start);
    }

    /// <summary>Runs one step.</summary>
    /// <param name="request">What the process is sent.</param>
    public JsonNode Step(string request = "plain")
    {
        _process.StandardInput.WriteLine(request);
        _process.StandardInput.Flush();
        return JsonNode.Parse(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The process ended; see its message above."))!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static StepProcess Start(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        string greeting = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{start.FileName} ended before it was ready; see its message above.");
        return new StepProcess(process, JsonNode.Parse(greeting)!);
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
