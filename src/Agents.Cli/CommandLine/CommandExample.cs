namespace Agents.Cli.CommandLine;

/// <summary>An example in a help text.</summary>
/// <param name="Text">The command as typed.</param>
/// <param name="Meaning">What it does, in a few words.</param>
internal sealed record CommandExample(string Text, string Meaning);
