namespace Agents.Cli.Tests.Harness;

/// <summary>A small seeded random model, made once per test run by the command itself. Tests never depend on a trained model.</summary>
public sealed class RandomModel : IAsyncLifetime
{
    /// <summary>Gets the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(BuildPaths.Scratch, "random.gguf");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        AgentsRun run = await AgentsProcess.RunAsync("models", "make-random", Path, "--shape", "tiny", "--layers", "1", "--seed", "7");
        Assert.Equal(0, run.ExitCode);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
