namespace Agents.Benchmarks.Experiments;

/// <summary>The command <c>train-effect</c>: how much does training raise the accuracy of the embedded model on held-out questions?</summary>
internal static class TrainEffectCommand
{
    private const int RoomQuestions = 200;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">Arguments after the command's name: an arm, <c>all</c> or <c>room</c>, then options.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using ExperimentModel experiment = await ExperimentModel.LoadAsync().ConfigureAwait(false);
        if (arguments is ["room", ..])
        {
            await new RoomMeasurement(experiment).RunAsync(EffectFamilies.ByHeldOutLevel.Keys, RoomQuestions, seed: 0).ConfigureAwait(false);
            return 0;
        }

        EffectOptions options = EffectOptions.Parse(arguments);
        EffectExperiment run = new(experiment, options);
        await run.RunAsync().ConfigureAwait(false);
        IReadOnlyList<EffectRow> rows = run.Rows();
        Console.WriteLine(new EffectReport(rows, options.Family).Write());
        string plot = new EffectPlot(rows, options.Family).Draw();
        if (plot.Length > 0)
        {
            string path = Path.Combine(options.Folder, options.Family + ".svg");
            await File.WriteAllTextAsync(path, plot).ConfigureAwait(false);
            Console.WriteLine($"curve: {path}");
        }

        return 0;
    }
}
