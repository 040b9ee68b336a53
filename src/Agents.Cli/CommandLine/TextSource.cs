using System.CommandLine;
using Agents.Cli.Output;

namespace Agents.Cli.CommandLine;

/// <summary>The options <c>--text</c> and <c>--file</c>: exactly one is given; a file named <c>-</c> is standard input.</summary>
internal sealed class TextSource
{
    private readonly Option<string?> _text = new("--text") { Description = "The text itself.", HelpName = "TEXT" };
    private readonly Option<string?> _file = new("--file") { Description = "A file with the text; - reads standard input.", HelpName = "FILE" };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(_text);
        command.Options.Add(_file);
        command.Validators.Add(result =>
        {
            if ((result.GetResult(_text) is null) == (result.GetResult(_file) is null))
            {
                result.AddError("Give the text with either --text or --file.");
            }
        });
    }

    /// <summary>Reads the text.</summary>
    /// <param name="arguments">The parsed command line.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public async Task<string> ReadAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_text) is { } text)
        {
            return text;
        }

        string file = arguments.GetValue(_file)!;
        if (file == "-")
        {
            return await StandardInput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        }

        return File.Exists(file)
            ? await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)
            : throw new FileNotFoundException($"There is no file '{file}'.", file);
    }
}
