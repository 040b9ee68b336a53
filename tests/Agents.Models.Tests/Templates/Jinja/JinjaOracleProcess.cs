using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Agents.Models.Tests.Templates.Jinja;

/// <summary>Runs tests/oracles/jinja2/render.py, which answers JSON lines with Jinja2.</summary>
internal static class JinjaOracleProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Renders templates; null stands for an error. Skips the running test when the environment names no Python with Jinja2.</summary>
    public static async Task<string?[]> RenderAsync(IEnumerable<object> requests, CancellationToken cancellationToken)
    {
        string? python = Environment.GetEnvironmentVariable("AGENTS_ORACLE_JINJA2");
        Assert.SkipWhen(string.IsNullOrEmpty(python), "AGENTS_ORACLE_JINJA2 does not name a Python interpreter with Jinja2.");
        string script = FindScript();
        ProcessStartInfo start = new(python!, [script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
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
        return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Text)];
    }

    private static string? Text(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.TryGetProperty("text", out JsonElement text) ? text.GetString() : null;
    }

    private static string FindScript()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "tests", "oracles", "jinja2", "render.py");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException("tests/oracles/jinja2/render.py is not above the test's folder.");
    }
}
