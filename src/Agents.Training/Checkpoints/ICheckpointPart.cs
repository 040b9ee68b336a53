namespace Agents.Training.Checkpoints;

/// <summary>Something beside the model that must survive a restart: a random stream, a bandit, a quantile tracker, a replay buffer.</summary>
public interface ICheckpointPart
{
    /// <summary>Gets the stable kebab-case name of the section.</summary>
    string Name { get; }

    /// <summary>Returns the state.</summary>
    byte[] Save();

    /// <summary>Restores a state.</summary>
    /// <param name="state">Result of <see cref="Save"/>, possibly of an older version of this code.</param>
    void Restore(ReadOnlySpan<byte> state);
}
