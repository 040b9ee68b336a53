using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Cli.Plugins;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Runtime.Learning;
using Agents.Training.Progress;

namespace Agents.Cli.Commands;

/// <summary><c>agents train</c>: runs a training recipe.</summary>
internal sealed class TrainCommand : AgentsCommand
{
    private readonly Argument<string> _recipe = TextArgument.Create("RECIPE", "The recipe, a YAML file.");
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Folder of checkpoints, metrics and the finished model (default: runs/NAME).", HelpName = "FOLDER" };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on from the last checkpoint in the folder." };

    public TrainCommand()
        : base("train", "Trains a model by a recipe. Ctrl-C writes a checkpoint; --resume goes on from it.")
    {
        Arguments.Add(_recipe);
        Options.Add(_output);
        Options.Add(_resume);
        Options.Add(SharedOptions.Prompts);
        Options.Add(SharedOptions.Json);
        Examples =
        [
            new("agents train samples/recipes/tiny-smoke.yaml --output runs/smoke", "a toy in under a minute"),
            new("agents train samples/recipes/tiny.yaml --output runs/tiny --resume", "go on with a run that was stopped"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        TrainingRecipe recipe = RecipeReader.Read(arguments.GetValue(_recipe)!);
        string output = Path.GetFullPath(arguments.GetValue(_output) ?? Path.Combine("runs", recipe.Name));
        using ComputePool pool = new();
        using SimdKernels kernels = new(pool);
        RecipeRunner runner = new(kernels, PromptFolders.Open(arguments.GetValue(SharedOptions.Prompts)!), TimeProvider.System);
        RecipeResult result;
        try
        {
            result = await ProgressBoard.RunAsync(console, TimeProvider.System, board =>
            {
                board.Begin(recipe.Name, recipe.Steps);
                return runner.RunAsync(recipe, output, arguments.GetValue(_resume), new BoardProgress(board), cancellationToken);
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (cancellationToken.IsCancellationRequested)
        {
            // The trainer's message says where it stopped and from which checkpoint to resume.
            console.Note("Stopped. " + error.Message);
            return ExitCode.Interrupted;
        }

        TrainDocument document = Describe(result);
        foreach (string damaged in result.Training.DamagedCheckpoints)
        {
            console.Note("warning: " + damaged);
        }

        if (document.CutTokens > 0)
        {
            console.Note($"warning: {document.CutTokens} tokens were left out because their sequence was too long; see training.maximumSequence in the recipe.");
        }

        if (document.DeadSteps > 0)
        {
            console.Note($"warning: {document.DeadSteps} updates had a gradient of exactly zero and taught nothing.");
        }

        if (console.Json)
        {
            console.WriteJson(document, CliJson.Readable.TrainDocument);
        }
        else
        {
            string loss = document.Loss is { } value ? string.Create(CultureInfo.InvariantCulture, $", loss {value:F4}") : "";
            string validation = document.ValidationLoss is { } held ? string.Create(CultureInfo.InvariantCulture, $", validation loss {held:F4}") : "";
            console.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{document.Steps} steps{loss}{validation}, {document.TokensPerSecond:F0} tokens/s, {ByteSize.Text(document.PeakMemoryBytes)} at most"));
            console.Output.WriteLine(document.Output);
        }

        return ExitCode.Done;
    }

    private static TrainDocument Describe(RecipeResult result) => new()
    {
        Steps = result.Training.Steps,
        Loss = result.Training.Loss,
        ValidationLoss = result.Training.ValidationLoss,
        Tokens = result.Training.Tokens,
        TokensPerSecond = result.Training.TokensPerSecond,
        PeakMemoryBytes = result.Training.PeakMemoryBytes,
        ResumedFrom = result.Training.ResumedFrom,
        CutTokens = result.Training.CutTokens,
        DeadSteps = result.Training.DeadSteps,
        Output = result.ModelPath,
        Checkpoint = result.Training.Checkpoint,
    };

    /// <summary>Reports at once and in order, unlike the built-in class, which posts to the thread pool.</summary>
    private sealed class BoardProgress(ProgressBoard board) : IProgress<TrainingProgress>
    {
        private double? _validation;

        public void Report(TrainingProgress value)
        {
            _validation = value.ValidationLoss ?? _validation;
            string validation = _validation is { } loss ? string.Create(CultureInfo.InvariantCulture, $"  validation {loss:F3}") : "";
            board.Report(value.Step, value.Steps, string.Create(CultureInfo.InvariantCulture, $"loss {value.Loss:F3}{validation}  {value.TokensPerSecond:F0} tokens/s"));
        }
    }
}
