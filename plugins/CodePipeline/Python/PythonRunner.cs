using System.Reflection;
using Agents.Plugins.CodePipeline.Sandboxing;

namespace Agents.Plugins.CodePipeline.Python;

/// <summary>Runs Python 3 programs in the sandbox; their traces come from <c>sys.settrace</c>. Only the standard library is there.</summary>
internal sealed class PythonRunner(Sandbox sandbox) : SandboxedRunner
{
    private const string ScriptName = "Agents.Plugins.CodePipeline.Python.program_runner.py";
    private const long Memory = 512L << 20;
    private const long AddressSpace = 1L << 30;

    // The two of the sandbox, the interpreter, and one more.
    private const int Processes = 4;
    private const int ProcessorSeconds = 120;
    private const int LifetimeSeconds = 300;

    private readonly string _script = ReadScript();
    private PythonInstallation? _python;

    /// <inheritdoc/>
    public override CodeLanguage Language => CodeLanguage.Python;

    /// <inheritdoc/>
    public override async ValueTask RequireAsync(CancellationToken cancellationToken = default)
    {
        await sandbox.RequireAsync(cancellationToken).ConfigureAwait(false);
        _python ??= await PythonInstallation.FindAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override Task<SandboxProcess> StartAsync(CancellationToken cancellationToken)
    {
        PythonInstallation python = _python!;

        // A system's own Python lies among the libraries that are shown anyway; its prefix is the whole of /usr.
        bool ofSystem = python.Prefix is "/usr" or "/";
        return sandbox.StartAsync(
            new SandboxPlan([python.Executable, "-I", "-S", "-B", "-c", _script])
            {
                Folders = ofSystem ? [] : [python.Prefix],
                Files = [python.Executable],
                Environment = new Dictionary<string, string> { ["PYTHONHASHSEED"] = "0" },
                Memory = Memory,
                AddressSpace = AddressSpace,
                Processes = Processes,
                ProcessorSeconds = ProcessorSeconds,
                LifetimeSeconds = LifetimeSeconds,
            },
            cancellationToken);
    }

    private static string ReadScript()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(ScriptName)
            ?? throw new InvalidOperationException($"The resource '{ScriptName}' is built into this assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
