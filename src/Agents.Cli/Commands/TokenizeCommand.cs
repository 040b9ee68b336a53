using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Models;

namespace Agents.Cli.Commands;

/// <summary><c>agents tokenize</c>: token ids of a text. Reads the tokenizer only, not the weights.</summary>
internal sealed class TokenizeCommand : AgentsCommand
{
    private readonly TextSource _text = new();
    private readonly Option<bool> _special = new("--special") { Description = "Read control tokens such as <|im_end|> as such instead of as text." };

    public TokenizeCommand()
        : base("tokenize", "Shows the token ids of a text.")
    {
        Options.Add(SharedOptions.Model);
        _text.AddTo(this);
        Options.Add(_special);
        Options.Add(SharedOptions.Json);
        Examples =
        [
            new("agents tokenize --text \"12 + 30\"", "the tokens of the embedded model"),
            new("agents tokenize --model qwen.gguf --file notes.txt --json", "ids and pieces of a file for another program"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string text = await _text.ReadAsync(arguments, cancellationToken).ConfigureAwait(false);
        ITokenizer tokenizer = await LocalModels.ReadTokenizerAsync(arguments.GetValue(SharedOptions.Model)!, cancellationToken).ConfigureAwait(false);
        int[] ids = tokenizer.Encode(text, arguments.GetValue(_special));
        string[] pieces = [.. ids.Select(tokenizer.TokenText)];
        if (console.Json)
        {
            console.WriteJson(new TokenizeDocument(ids, pieces), CliJson.Readable.TokenizeDocument);
        }
        else
        {
            for (int i = 0; i < ids.Length; i++)
            {
                console.Output.WriteLine($"{ids[i],8}  {pieces[i].Replace("\n", "\\n", StringComparison.Ordinal)}");
            }

            console.Note($"{ids.Length} tokens");
        }

        return ExitCode.Done;
    }
}
