namespace Agents.Cli.Output;

/// <summary>The command line asks for something impossible; ends the process with <see cref="ExitCode.Usage"/>.</summary>
internal sealed class UsageException : AgentsException
{
    public UsageException()
    {
    }

    public UsageException(string message)
        : base(message)
    {
    }

    public UsageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
