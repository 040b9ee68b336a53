using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Models.Decoder;
using Agents.Models.Scoring;

namespace Agents.Cli.Commands;

/// <summary><c>agents score</c>: how likely a model finds a text.</summary>
internal sealed class ScoreCommand : AgentsCommand
{
    private readonly TextSource _text = new();

    public ScoreCommand()
        : base("score", "Measures how likely a model finds a text (log-likelihood and perplexity).")
    {
        Options.Add(SharedOptions.Model);
        _text.AddTo(this);
        Options.Add(SharedOptions.Json);
        Examples =
        [
            new("agents score --file notes.txt", "perplexity of a file under the embedded model"),
            new("agents score --model model.gguf --text \"2 + 2 = 4\" --json", "the same for another program"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string text = await _text.ReadAsync(arguments, cancellationToken).ConfigureAwait(false);
        using DecoderModel model = await LocalModels.OpenAsync(arguments.GetValue(SharedOptions.Model)!, cancellationToken).ConfigureAwait(false);
        TextScore score = await TextScorer.ScoreAsync(model, text, cancellationToken).ConfigureAwait(false);
        if (console.Json)
        {
            console.WriteJson(new ScoreDocument(model.Name, score.Tokens, score.NegativeLogLikelihood, score.Perplexity), CliJson.Readable.ScoreDocument);
        }
        else
        {
            console.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{score.Tokens} tokens, negative log-likelihood {score.NegativeLogLikelihood:F4} nats, perplexity {score.Perplexity:G6}"));
        }

        return ExitCode.Done;
    }
}
