using Agents.Training.Checkpoints;
using Agents.Training.Errors;

namespace Agents.Training.Loops;

/// <summary>Finds where a run begins: at zero in a folder without checkpoints, or where the newest whole checkpoint left it.</summary>
internal static class RunStart
{
    /// <summary>Returns the position.</summary>
    /// <param name="store">Checkpoints of the run.</param>
    /// <param name="resume">Whether the run continues.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <exception cref="CheckpointException">The folder has checkpoints but the run is new, or the other way round.</exception>
    public static TrainingPosition Of(CheckpointStore store, bool resume, ulong seed)
    {
        if (resume)
        {
            return store.LoadNewest() ?? throw new CheckpointException($"{store.Folder} has no checkpoint to resume from. Start the run without resuming.");
        }

        if (store.Files.Count > 0)
        {
            throw new CheckpointException($"{store.Folder} already has checkpoints, the newest {store.Files[0]}. Resume that run, or train into an empty folder.");
        }

        SampleStream stream = new(seed);
        return new TrainingPosition(0, 0, 0, stream.Key, stream.Counter);
    }
}
