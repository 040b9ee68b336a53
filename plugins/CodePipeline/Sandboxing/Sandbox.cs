using System.Diagnostics;
using System.Globalization;

namespace Agents.Plugins.CodePipeline.Sandboxing;

/// <summary>
/// Starts processes that reach nothing: own user, network, mount, process, IPC and host-name namespaces; a root file system of the system's libraries and the given folders, all read-only; one small writable
/// folder in memory; no capabilities and no way to get any; an environment of its own; limits on processor time, address space, file size, processes and open files.
/// </summary>
/// <param name="find">Finds the tools that build a sandbox; asked once.</param>
internal sealed class Sandbox(Func<SandboxTools> find)
{
    private const long MaximumFileSize = 16 << 20;
    private const int MaximumOpenFiles = 128;
    private static readonly string[] Libraries = ["/usr/lib", "/usr/lib64", "/lib", "/lib64"];
    private static readonly string[] LoaderFiles = ["/etc/ld.so.cache"];

    // What the last stage of the start still has to execute.
    private static readonly string[] Starters = ["setpriv", "timeout", "prlimit"];
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(20);

    private readonly Lazy<Task<SandboxTools>> _tools = new(() => ProbeAsync(find));

    /// <summary>Creates a sandbox of the system's tools.</summary>
    public Sandbox()
        : this(() => SandboxTools.Find())
    {
    }

    /// <summary>Checks once that this machine can isolate a process.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CodePipelineException">It cannot: one line with the cause and the way out.</exception>
    public async ValueTask RequireAsync(CancellationToken cancellationToken) => await _tools.Value.WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Starts a process.</summary>
    /// <param name="plan">What it is and may do.</param>
    /// <param name="cancellationToken">Ends the wait for the check that precedes the first start.</param>
    /// <exception cref="CodePipelineException">This machine cannot isolate it.</exception>
    public async Task<SandboxProcess> StartAsync(SandboxPlan plan, CancellationToken cancellationToken) =>
        Start(await _tools.Value.WaitAsync(cancellationToken).ConfigureAwait(false), plan);

    private static async Task<SandboxTools> ProbeAsync(Func<SandboxTools> find)
    {
        SandboxTools tools = find();
        var plan = new SandboxPlan([tools.Paths["prlimit"], "--version"])
        {
            Memory = 64 << 20, AddressSpace = 256 << 20, Processes = 8, ProcessorSeconds = 10, LifetimeSeconds = 10,
        };
        await using SandboxProcess process = Start(tools, plan);
        process.CloseInput();
        int? exitCode = await process.WaitAsync(ProbePatience, CancellationToken.None).ConfigureAwait(false);
        if (exitCode != 0)
        {
            string cause = exitCode is null ? $"it did not start within {ProbePatience.TotalSeconds:0} s" : (await process.ErrorsAsync().ConfigureAwait(false)).ReplaceLineEndings("; ");
            throw new CodePipelineException(
                $"This machine cannot isolate model-written programs ({cause}). Allow unprivileged user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone; in a container, a seccomp profile that allows unshare and mount). {SandboxTools.WayOut}");
        }

        return tools;
    }

    private static SandboxProcess Start(SandboxTools tools, SandboxPlan plan)
    {
        bool root = Environment.IsPrivilegedProcess && UserMap.HasNobody();
        List<string> shown = Shown(tools, plan);
        string point = SandboxTools.MountPoint(plan.Folders.Concat(plan.Files));
        List<string> arguments = root
            ? ["--mount", "--propagation", "private"]
            : ["--user", "--map-root-user", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child"];
        arguments.AddRange(["--", tools.Paths["sh"], "-c", tools.Script, "sh", root ? "outer" : "inner", point]);
        arguments.AddRange(shown);
        arguments.AddRange(
        [
            "--", tools.Paths["setpriv"], "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--",
            tools.Paths["timeout"], "--signal=KILL", Number(plan.LifetimeSeconds),
            tools.Paths["prlimit"], "--core=0", $"--cpu={Number(plan.ProcessorSeconds)}", $"--as={Number(plan.AddressSpace)}", $"--data={Number(plan.Memory)}", $"--fsize={Number(MaximumFileSize)}",
            $"--nproc={Number(plan.Processes)}", $"--nofile={Number(MaximumOpenFiles)}", "--",
        ]);
        arguments.AddRange(plan.Command);

        var start = new ProcessStartInfo(tools.Paths["unshare"], arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin";
        start.Environment["HOME"] = "/sandbox";
        start.Environment["TMPDIR"] = "/sandbox";
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["AGENTS_SANDBOX"] = tools.Script;
        foreach ((string name, string value) in plan.Environment)
        {
            start.Environment[name] = value;
        }

        return new SandboxProcess(start);
    }

    // Libraries that are links (a merged /usr) are links inside too.
    private static List<string> Shown(SandboxTools tools, SandboxPlan plan)
    {
        List<string> shown = [];
        List<string> folders = [];
        foreach (string library in Libraries)
        {
            var folder = new DirectoryInfo(library);
            if (folder.Exists && folder.LinkTarget is { } target)
            {
                shown.AddRange(["link", library, target]);
            }
            else if (folder.Exists)
            {
                folders.Add(library);
            }
        }

        if (new DirectoryInfo("/bin").LinkTarget is { } programs)
        {
            shown.AddRange(["link", "/bin", programs]);
        }

        // A folder inside of one that is shown anyway would only be mounted twice.
        folders.AddRange(plan.Folders.Where(folder => !folders.Any(known => IsInside(folder, known))).Distinct());
        folders.ForEach(folder => shown.AddRange(["folder", folder]));
        IEnumerable<string> files = [.. Starters.Select(name => tools.Paths[name]), .. LoaderFiles.Where(File.Exists), .. plan.Files];
        foreach (string file in files.Distinct().Where(file => !folders.Any(folder => IsInside(file, folder))))
        {
            shown.AddRange(["file", file]);
        }

        return shown;
    }

    private static bool IsInside(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
