namespace Agents.Plugins.CodePipeline.Sandboxing;

/// <summary>What a sandboxed process sees and may use.</summary>
/// <param name="Command">Program and arguments; the program is a path that <see cref="Folders"/> or <see cref="Files"/> show.</param>
internal sealed record SandboxPlan(IReadOnlyList<string> Command)
{
    /// <summary>Gets folders that the process can read, each at its own path. The libraries of the system are always there, its programs are not.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Gets single files that the process can read.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Gets the environment variables; nothing is inherited.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the memory that each process may write to, in bytes.</summary>
    public required long Memory { get; init; }

    /// <summary>Gets the address space of each process, in bytes; more than the memory, because runtimes reserve what they never use.</summary>
    public required long AddressSpace { get; init; }

    /// <summary>Gets the most processes and threads at once, those of the sandbox (two) included.</summary>
    public required int Processes { get; init; }

    /// <summary>Gets the processor seconds of each process.</summary>
    public required int ProcessorSeconds { get; init; }

    /// <summary>Gets after how many seconds everything in the sandbox is killed from inside, also when this process is gone by then.</summary>
    public required int LifetimeSeconds { get; init; }
}
