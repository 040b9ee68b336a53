using System.Diagnostics;
using System.Text;

namespace Agents.Cli.Tests.Harness;

/// <summary>Runs the built command as a child process, as a user would.</summary>
public static class AgentsProcess
{
    /// <summary>Long enough for a busy machine; a test that hangs fails with the output so far.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Gets the executable that the build put beside the tests' own output.</summary>
    public static string Executable { get; } = Path.Combine(BuildPaths.CommandOutput, OperatingSystem.IsWindows() ? "agents.exe" : "agents");

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">Words of the command line.</param>
    public static Task<AgentsRun> RunAsync(params string[] arguments) => RunAsync(new AgentsInvocation(), arguments);

    /// <summary>Runs the command with input, environment or another executable.</summary>
    /// <param name="invocation">What differs from a plain call.</param>
    /// <param name="arguments">Words of the command line.</param>
    public static async Task<AgentsRun> RunAsync(AgentsInvocation invocation, params string[] arguments)
    {
        using Process process = Start(invocation, arguments);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            if (invocation.Input is { } input)
            {
                await process.StandardInput.WriteAsync(input);
            }

            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new AgentsRun(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'agents {string.Join(' ', arguments)}' did not end within {Limit.TotalSeconds} s.");
        }
    }

    /// <summary>Starts the command with redirected streams.</summary>
    /// <param name="invocation">What differs from a plain call.</param>
    /// <param name="arguments">Words of the command line.</param>
    public static Process Start(AgentsInvocation invocation, params string[] arguments)
    {
        ProcessStartInfo start = new(invocation.Executable ?? Executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = invocation.WorkingDirectory ?? BuildPaths.Scratch,
        };

        // The user's own plugins, prompts, models and keys must not decide a test.
        start.Environment["AGENTS_HOME"] = Path.Combine(BuildPaths.Scratch, "home");
        start.Environment.Remove("AGENTS_API_KEY");
        start.Environment.Remove("OPENAI_API_KEY");
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach ((string name, string value) in invocation.Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
