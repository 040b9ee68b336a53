using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Agents.Cli.Output;

/// <summary>
/// Where a command writes. Results go to standard output: text for people, or with <c>--json</c> exactly one document and nothing else. Progress, notes and
/// errors go to standard error.
/// </summary>
internal sealed class CommandConsole
{
    /// <summary>Wide enough that redirected lines are not broken in the middle of a sentence.</summary>
    private const int RedirectedWidth = 500;

    private readonly Lazy<IAnsiConsole> _screen;
    private readonly Lazy<IAnsiConsole> _notes;

    /// <summary>Creates a console over two writers.</summary>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="json">Whether the result is a JSON document.</param>
    /// <param name="verbose">Whether details of errors and log lines are shown.</param>
    public CommandConsole(TextWriter output, TextWriter error, bool json, bool verbose)
    {
        Output = output;
        Error = error;
        Json = json;
        Verbose = verbose;
        _screen = new Lazy<IAnsiConsole>(() => Create(output, Console.IsOutputRedirected));
        _notes = new Lazy<IAnsiConsole>(() => Create(error, Console.IsErrorRedirected));
    }

    /// <summary>Gets the writer of results.</summary>
    public TextWriter Output { get; }

    /// <summary>Gets the writer of everything else.</summary>
    public TextWriter Error { get; }

    /// <summary>Gets whether the result is one JSON document.</summary>
    public bool Json { get; }

    /// <summary>Gets whether details are shown.</summary>
    public bool Verbose { get; }

    /// <summary>Gets whether a person watches standard output.</summary>
    public bool IsTerminal => !Json && !Console.IsOutputRedirected;

    /// <summary>Gets whether a person watches standard error, where progress is drawn.</summary>
    public bool ShowsProgress => !Json && !Console.IsErrorRedirected;

    /// <summary>Gets standard output as a drawing surface; colours and line drawing only on terminals.</summary>
    public IAnsiConsole Screen => _screen.Value;

    /// <summary>Gets standard error as a drawing surface.</summary>
    public IAnsiConsole Notes => _notes.Value;

    /// <summary>Writes one line to standard error.</summary>
    /// <param name="text">The line.</param>
    public void Note(string text) => Error.WriteLine(text);

    /// <summary>Writes text of a model to standard output. On a terminal its control characters become visible: a model must not be able to move the cursor or retitle the window.</summary>
    /// <param name="text">The text.</param>
    public void WriteModelText(string text) => Output.Write(IsTerminal ? Visible(text) : text);

    /// <summary>Replaces control characters other than line feeds and tabs.</summary>
    /// <param name="text">The text.</param>
    public static string Visible(string text) =>
        text.Any(IsHarmful) ? string.Create(text.Length, text, static (visible, text) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                visible[i] = IsHarmful(text[i]) ? '\uFFFD' : text[i];
            }
        }) : text;

    private static bool IsHarmful(char character) => char.IsControl(character) && character is not ('\n' or '\t');

    /// <summary>Writes the one document of a command.</summary>
    /// <typeparam name="T">Type of the document.</typeparam>
    /// <param name="document">The document.</param>
    /// <param name="type">Its generated contract.</param>
    public void WriteJson<T>(T document, JsonTypeInfo<T> type) => Output.WriteLine(JsonSerializer.Serialize(document, type));

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = RedirectedWidth;
            console.Profile.Capabilities.Unicode = true;
        }

        return console;
    }
}
