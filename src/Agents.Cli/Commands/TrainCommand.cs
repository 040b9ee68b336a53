using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Cli.Plugins;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Runtime.Features;
using Agents.Runtime.Learning;
using Agents.Runtime.Plugins;
using Agents.Training.Errors;
using Agents.Training.Reports;

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
        Options.Add(SharedOptions.Plugins);
        Options.Add(SharedOptions.Prompts);
        Options.Add(SharedOptions.Json);
        Subcommands.Add(new TrainReportCommand());
        Examples =
        [
            new("agents train samples/recipes/tiny-smoke.yaml --output runs/smoke", "a toy in under a minute"),
            new("agents train samples/recipes/tiny-grpo.yaml --output runs/grpo", "reinforcement learning with verified answers"),
            new("agents train samples/recipes/tiny-malt.yaml --output runs/malt", "one adapter per role of malt, trained on its own branches"),
            new("agents train samples/recipes/tiny.yaml --output runs/tiny --resume", "go on with a run that was stopped"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        TrainingRecipe recipe = RecipeReader.Read(arguments.GetValue(_recipe)!);
        if (recipe.StartFrom is { } start)
        {
            recipe = recipe with { StartFrom = ModelPaths.Resolve(start) };
        }

        string output = Path.GetFullPath(arguments.GetValue(_output) ?? Path.Combine("runs", recipe.Name));
        using ComputePool pool = new();
        using SimdKernels kernels = new(pool);
        await using PluginHost plugins = PluginFolders.CreateHost(PluginFolders.Options(arguments.GetValue(SharedOptions.Plugins)!), console);
        if (recipe.Loop == TrainingLoop.Roles)
        {
            await plugins.LoadAllAsync(cancellationToken).ConfigureAwait(false);
        }

        RecipeRunner runner = new(
            kernels, PromptFolders.Open(arguments.GetValue(SharedOptions.Prompts)!), TimeProvider.System, new PluginFeatures(new FeatureTable(), plugins));
        RecipeResult result;
        try
        {
            TrainProgress progress = new(TrainingBoard.For(console, TimeProvider.System, recipe.Name), console);
            result = await runner.RunAsync(recipe, output, arguments.GetValue(_resume), progress, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (cancellationToken.IsCancellationRequested)
        {
            // The trainer's message says where it stopped and from which checkpoint to resume.
            console.Note("Stopped. " + error.Message);
            return ExitCode.Interrupted;
        }

        TrainDocument document = Describe(recipe, result) with { Report = WriteReport(console, output) };
        foreach (string note in result.Notes)
        {
            console.Note("warning: " + note);
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
            console.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{document.Steps} steps{Figures(document)}, {document.TokensPerSecond:F0} tokens/s, {ByteSize.Text(document.PeakMemoryBytes)} at most"));
            console.Output.WriteLine(document.Output);
            if (document.Report is { } report)
            {
                console.Output.WriteLine(report);
            }
        }

        if (result.ExitCode != ExitCode.Done)
        {
            console.Note(string.Create(CultureInfo.InvariantCulture, $"error: {document.Stop} after {document.Steps} of {document.PlannedSteps} steps. {result.Explanation}"));
        }

        return result.ExitCode;
    }

    /// <summary>A page that cannot be written must not make a finished run fail.</summary>
    private static string? WriteReport(CommandConsole console, string output)
    {
        try
        {
            return TrainingReport.Write(output);
        }
        catch (Exception error) when (error is TrainingException or IOException or UnauthorizedAccessException)
        {
            console.Note($"warning: the report could not be written: {error.Message} 'agents train report {output}' makes it again.");
            return null;
        }
    }

    private static string Figures(TrainDocument document)
    {
        (string Name, double? Value)[] figures =
            [("loss", document.Loss), ("validation loss", document.ValidationLoss), ("reward", document.Reward), ("margin", document.Margin), ("accuracy", document.Accuracy)];
        return string.Concat(figures.Where(figure => figure.Value is not null).Select(figure => string.Create(CultureInfo.InvariantCulture, $", {figure.Name} {figure.Value:F4}")));
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static TrainDocument Describe(TrainingRecipe recipe, RecipeResult result) => new()
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
        Loop = recipe.Loop.ToString().ToLowerInvariant(),
        PlannedSteps = result.PlannedSteps,
        Stop = result.Stop.ToString(),
        Explanation = result.Explanation.Length > 0 ? result.Explanation : null,
        Stages = [.. result.Stages.Select(stage => new TrainStageItem(stage.Stage, stage.Reused, stage.Steps, stage.Stop, stage.Output, stage.OutputHash))],
        Reward = Finite(result.Reinforcement?.RewardMean),
        Margin = Finite(result.Preference?.Margin),
        Accuracy = Finite(result.Preference?.Accuracy),
    };
}
