using Agents.Training.Progress;

namespace Agents.Training.Loops;

/// <summary>What finished preference training did.</summary>
/// <param name="Steps">Updates done over the whole run; equals the planned number.</param>
/// <param name="ResumedFrom">Updates that a checkpoint contributed; 0 for a fresh run.</param>
/// <param name="Tokens">Tokens of the whole run.</param>
/// <param name="Checkpoint">Path of the last checkpoint.</param>
/// <param name="Last">The last update of this process; null when nothing was left to do.</param>
/// <param name="DamagedCheckpoints">A line about every damaged checkpoint that was passed over.</param>
public sealed record PreferenceResult(long Steps, long ResumedFrom, long Tokens, string Checkpoint, PreferenceProgress? Last, IReadOnlyList<string> DamagedCheckpoints);
