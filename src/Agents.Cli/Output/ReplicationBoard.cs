using Agents.Runtime.Replication;

namespace Agents.Cli.Output;

/// <summary>Shows how far a replication is: a part of the board for each arm and each training, and the lines that it says.</summary>
/// <param name="board">The board.</param>
/// <param name="console">Where lines go.</param>
internal sealed class ReplicationBoard(ProgressBoard board, CommandConsole console) : IProgress<LaboratoryProgress>
{
    private readonly Lock _gate = new();
    private string _part = "";

    /// <inheritdoc/>
    public void Report(LaboratoryProgress value)
    {
        lock (_gate)
        {
            if (value.Message is { } message)
            {
                console.Note(message);
                return;
            }

            if (value.Part != _part)
            {
                _part = value.Part;
                board.Begin(value.Part, value.Total);
            }

            board.Report(value.Done, value.Total, value.Detail);
        }
    }
}
