namespace Agents.Cli.CommandLine;

/// <summary>Standard input whose reading can be cancelled: the console's own asynchronous methods block.</summary>
internal static class StandardInput
{
    /// <summary>Reads everything.</summary>
    /// <param name="cancellationToken">Stops the wait; the read itself goes on in the background until the process ends.</param>
    public static Task<string> ReadToEndAsync(CancellationToken cancellationToken) =>
        Task.Run(Console.In.ReadToEnd, CancellationToken.None).WaitAsync(cancellationToken);

    /// <summary>Reads one line.</summary>
    /// <param name="cancellationToken">Stops the wait; the read itself goes on in the background until the process ends.</param>
    /// <returns>The line; null at the end.</returns>
    public static Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
}
