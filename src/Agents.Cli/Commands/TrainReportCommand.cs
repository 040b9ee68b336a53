using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Training.Reports;

namespace Agents.Cli.Commands;

/// <summary><c>agents train report</c>: makes the page of a run again from its files.</summary>
internal sealed class TrainReportCommand : AgentsCommand
{
    private readonly Argument<string> _folder = TextArgument.Create("FOLDER", "Folder of a training run, finished or not.");

    public TrainReportCommand()
        : base("report", "Writes report.html into the folder of a training run: curves, preflight, memory plan and stages on one page without scripts.")
    {
        Arguments.Add(_folder);
        Options.Add(SharedOptions.Json);
        Examples = [new("agents train report runs/tiny", "curves of a run, also while it goes on")];
    }

    /// <inheritdoc/>
    protected override Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string path = TrainingReport.Write(arguments.GetValue(_folder)!);
        if (console.Json)
        {
            console.WriteJson(new TrainReportDocument { Report = path }, CliJson.Readable.TrainReportDocument);
        }
        else
        {
            console.Output.WriteLine(path);
        }

        return Task.FromResult(ExitCode.Done);
    }
}
