using System.Diagnostics;
using System.Text.Json.Nodes;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Oracles;

/// <summary>Runs a script of tests/oracles/pytorch: one JSON file in, one out. Opt-in, since it needs a Python with torch.</summary>
internal static class PyTorchProcess
{
    private const string Variable = "AGENTS_ORACLE_PYTORCH";

    /// <summary>Gets the Python that the environment names, or null.</summary>
    public static string? Python => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } python ? python : null;

    /// <summary>Skips the running test by name when the environment names no Python.</summary>
    public static string RequirePython()
    {
        string? python = Python;
        Assert.SkipWhen(python is null, $"{Variable} does not name a Python that has torch (for example /usr/bin/python3).");
        return python!;
    }

    public static async Task<JsonNode> AskAsync(string python, string script, JsonNode request, CancellationToken cancellationToken)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["request.json"], request.ToJsonString(), cancellationToken);
        ProcessStartInfo start = new(python) { RedirectStandardError = true, ArgumentList = { Script(script), folder["request.json"], folder["response.json"] } };
        using Process process = Process.Start(start)!;
        string errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, errors);
        return JsonNode.Parse(await File.ReadAllTextAsync(folder["response.json"], cancellationToken))!;
    }

    private static string Script(string name)
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Agents.sln")))
        {
            at = at.Parent;
        }

        return Path.Combine(at!.FullName, "tests", "oracles", "pytorch", name);
    }
}
