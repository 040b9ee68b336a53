using Agents.Cli.CommandLine;

return await AgentsCommandLine.RunAsync(args).ConfigureAwait(false);
