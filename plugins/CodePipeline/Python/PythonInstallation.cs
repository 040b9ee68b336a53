using System.Diagnostics;

namespace Agents.Plugins.CodePipeline.Python;

/// <summary>The Python interpreter of this machine.</summary>
/// <param name="Executable">The program itself, no link and no shim.</param>
/// <param name="Prefix">Folder of its library.</param>
internal sealed record PythonInstallation(string Executable, string Prefix)
{
    private const string Question = "import os,sys; print(os.path.realpath(sys.executable)); print(sys.base_prefix); print(sys.version_info[0] * 100 + sys.version_info[1])";
    private const int OldestVersion = 308;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Asks <c>python3</c> on the path where it lies; only this question is run outside of the sandbox.</summary>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="CodePipelineException">There is none.</exception>
    public static async Task<PythonInstallation> FindAsync(CancellationToken cancellationToken)
    {
        string[] answer;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(Patience);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("python3", ["-I", "-S", "-c", Question]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            answer = (await process.StandardOutput.ReadToEndAsync(waiting.Token).ConfigureAwait(false)).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            await process.WaitForExitAsync(waiting.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CodePipelineException("Python programs need 'python3' on the path, which does not start here. Install Python 3.8 or later, set \"language\", or use a flow that runs nothing (basic, ac, act).", error);
        }

        return answer is [var executable, var prefix, var version] && int.TryParse(version, out int number) && number >= OldestVersion
            ? new PythonInstallation(executable, prefix)
            : throw new CodePipelineException("Python programs need Python 3.8 or later; the 'python3' on the path is older or gives no answer. Install one, set \"language\", or use a flow that runs nothing (basic, ac, act).");
    }
}
