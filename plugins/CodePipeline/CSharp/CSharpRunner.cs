using Agents.Plugins.CodePipeline.Sandboxing;

namespace Agents.Plugins.CodePipeline.CSharp;

/// <summary>
/// Compiles and runs C# programs in the sandbox, one process per program. While one runs, the next process already starts and warms its compiler up, so that it answers at once; it serves one program too,
/// or none when nobody asks in time.
/// </summary>
internal sealed class CSharpRunner(Sandbox sandbox) : SandboxedRunner, IAsyncDisposable
{
    // The runtime reserves some 3 GiB of addresses with these limits of its heap (256 MiB, reserved twice) and writes to 150 MiB before the program begins.
    private const long Memory = 768L << 20;
    private const long AddressSpace = 4L << 30;
    private const string HeapLimit = "0x10000000";
    private const string HeapRange = "0x20000000";

    // The runtime's own threads are about twenty.
    private const int Processes = 48;
    private const int ProcessorSeconds = 120;
    private const int LifetimeSeconds = 300;

    private readonly Lazy<DotnetInstallation> _dotnet = new(DotnetInstallation.Find);
    private Task<SandboxProcess>? _spare;
    private int _disposed;

    /// <inheritdoc/>
    public override CodeLanguage Language => CodeLanguage.CSharp;

    /// <inheritdoc/>
    public override async ValueTask RequireAsync(CancellationToken cancellationToken = default)
    {
        await sandbox.RequireAsync(cancellationToken).ConfigureAwait(false);
        _ = _dotnet.Value;
    }

    /// <summary>Starts the spare process when there is none.</summary>
    public void Prepare()
    {
        if (Volatile.Read(ref _disposed) == 0 && Volatile.Read(ref _spare) is null)
        {
            Task<SandboxProcess> spare = StartAsync(warm: true, CancellationToken.None);
            if (Interlocked.CompareExchange(ref _spare, spare, null) is not null)
            {
                _ = DiscardAsync(spare);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _disposed, 1);
        if (Interlocked.Exchange(ref _spare, null) is { } spare)
        {
            await DiscardAsync(spare).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override async Task<SandboxProcess> StartAsync(CancellationToken cancellationToken)
    {
        Task<SandboxProcess>? spare = Interlocked.Exchange(ref _spare, null);
        Prepare();
        if (spare is not null)
        {
            SandboxProcess ready = await spare.ConfigureAwait(false);
            if (!ready.HasExited)
            {
                return ready;
            }

            // It waited longer than a process in the sandbox lives.
            await ready.DisposeAsync().ConfigureAwait(false);
        }

        return await StartAsync(warm: false, cancellationToken).ConfigureAwait(false);
    }

    private static async Task DiscardAsync(Task<SandboxProcess> spare)
    {
        SandboxProcess process = await spare.ConfigureAwait(false);
        await process.DisposeAsync().ConfigureAwait(false);
    }

    private Task<SandboxProcess> StartAsync(bool warm, CancellationToken cancellationToken)
    {
        DotnetInstallation dotnet = _dotnet.Value;
        string[] command = [dotnet.Host, "exec", dotnet.Runner];
        return sandbox.StartAsync(
            new SandboxPlan(warm ? [.. command, "warm"] : command)
            {
                Folders = [dotnet.Root, Path.GetDirectoryName(dotnet.Runner)!],
                Environment = new Dictionary<string, string>
                {
                    ["DOTNET_ROOT"] = dotnet.Root,
                    ["DOTNET_GCHeapHardLimit"] = HeapLimit,
                    ["DOTNET_GCRegionRange"] = HeapRange,
                    ["DOTNET_gcConcurrent"] = "0",
                    ["DOTNET_EnableDiagnostics"] = "0",
                    ["DOTNET_TieredPGO"] = "0",
                    ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
                    ["DOTNET_EnableWriteXorExecute"] = "0",
                    ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                },
                Memory = Memory,
                AddressSpace = AddressSpace,
                Processes = Processes,
                ProcessorSeconds = ProcessorSeconds,
                LifetimeSeconds = LifetimeSeconds,
            },
            cancellationToken);
    }
}
