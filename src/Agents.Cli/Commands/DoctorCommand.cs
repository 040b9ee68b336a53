using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Diagnosis;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Spectre.Console;

namespace Agents.Cli.Commands;

/// <summary><c>agents doctor</c>: what this machine can do and what is wrong with the installation.</summary>
internal sealed class DoctorCommand : AgentsCommand
{
    public DoctorCommand()
        : base("doctor", "Checks this machine and installation: processor, memory, plugins, prompts, embedded model, folders, endpoint.")
    {
        Options.Add(SharedOptions.Plugins);
        Options.Add(SharedOptions.Prompts);
        Options.Add(SharedOptions.Json);
        Examples =
        [
            new("agents doctor", "each check with what was found and what to do"),
            new("agents doctor --json", "the same for a monitoring program; the exit code is 1 when a check fails"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        List<DoctorCheck> checks =
        [
            MachineChecks.Processor(),
            MachineChecks.Memory(),
            .. MachineChecks.Folders(),
            await InstallationChecks.PluginsAsync(arguments.GetValue(SharedOptions.Plugins)!, console, cancellationToken).ConfigureAwait(false),
            InstallationChecks.Prompts(arguments.GetValue(SharedOptions.Prompts)!),
            await InstallationChecks.EmbeddedModelAsync(cancellationToken).ConfigureAwait(false),
            InstallationChecks.Endpoint(),
        ];
        bool healthy = checks.All(check => check.Ok);
        if (console.Json)
        {
            console.WriteJson(new DoctorDocument(healthy, checks), CliJson.Readable.DoctorDocument);
        }
        else
        {
            foreach (DoctorCheck check in checks)
            {
                console.Screen.Write(new Text(check.Ok ? "ok     " : "FAILED ", new Style(check.Ok ? Color.Green : Color.Red)));
                console.Screen.WriteLine($"{check.Id,-16} {check.Detail}");
                if (check.Fix is not null)
                {
                    console.Screen.WriteLine($"{"",23} fix: {check.Fix}");
                }
            }
        }

        if (healthy)
        {
            return ExitCode.Done;
        }

        console.Note($"error: {string.Join(", ", checks.Where(check => !check.Ok).Select(check => check.Id))} failed.");
        return ExitCode.Failed;
    }
}
