namespace Agents.Benchmarks.Experiments;

/// <summary>The command <c>train-effect</c>.</summary>
internal static class TrainEffectCommand
{
    /// <summary>Runs the command.</summary>
    /// <param name="arguments">Arguments after the command's name.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using ExperimentModel experiment = await ExperimentModel.LoadAsync().ConfigureAwait(false);
        await new RoomMeasurement(experiment).RunAsync(EffectFamilies.ByHeldOutLevel.Keys, int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture), 0).ConfigureAwait(false);
        return 0;
    }
}
