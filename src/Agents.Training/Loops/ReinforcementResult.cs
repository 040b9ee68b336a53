using Agents.Training.Progress;

namespace Agents.Training.Loops;

/// <summary>What a reinforcement run did.</summary>
/// <param name="Stop">Why it ended.</param>
/// <param name="Explanation">One sentence: what happened and the way out; empty for a complete run.</param>
/// <param name="Steps">Steps done over the whole run.</param>
/// <param name="PlannedSteps">Steps planned.</param>
/// <param name="ResumedFrom">Steps that a checkpoint contributed; 0 for a fresh run.</param>
/// <param name="Tokens">Tokens learned from over the whole run, prompts included.</param>
/// <param name="DeadSteps">Steps of this process without any signal, which made no update.</param>
/// <param name="Checkpoint">Path of the last checkpoint.</param>
/// <param name="Last">The last step of this process; null when nothing was left to do.</param>
/// <param name="DamagedCheckpoints">A line about every damaged checkpoint that was passed over.</param>
public sealed record ReinforcementResult(
    ReinforcementStop Stop,
    string Explanation,
    long Steps,
    long PlannedSteps,
    long ResumedFrom,
    long Tokens,
    long DeadSteps,
    string Checkpoint,
    ReinforcementProgress? Last,
    IReadOnlyList<string> DamagedCheckpoints)
{
    /// <summary>Gets the exit code of a process that ran this: 0 for a complete run, the number of the reason otherwise.</summary>
    public int ExitCode => (int)Stop;
}
