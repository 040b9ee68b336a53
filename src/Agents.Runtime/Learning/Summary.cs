using System.Diagnostics;
using Agents.Training.Loops;

namespace Agents.Runtime.Learning;

/// <summary>Puts the results of all loops into one form. The model's path is filled in when it is written.</summary>
internal static class Summary
{
    /// <summary>Describes supervised training or rejection sampling.</summary>
    public static RecipeResult Of(TrainingResult result, long planned) => new(result, "") { PlannedSteps = planned };

    /// <summary>Describes preference training.</summary>
    public static RecipeResult Of(PreferenceResult result, long planned, double tokensPerSecond) =>
        new(new TrainingResult(result.Steps, result.Last?.Loss, null, result.Tokens, tokensPerSecond, PeakMemory(), result.ResumedFrom, result.Checkpoint, result.DamagedCheckpoints), "")
        {
            PlannedSteps = planned,
            Preference = result.Last,
        };

    /// <summary>Describes reinforcement learning.</summary>
    public static RecipeResult Of(ReinforcementResult result, double tokensPerSecond) =>
        new(
            new TrainingResult(result.Steps, result.Last?.Loss, null, result.Tokens, tokensPerSecond, PeakMemory(), result.ResumedFrom, result.Checkpoint, result.DamagedCheckpoints)
            {
                DeadSteps = result.DeadSteps,
            },
            "")
        {
            PlannedSteps = result.PlannedSteps,
            Stop = result.Stop,
            Explanation = result.Explanation,
            Reinforcement = result.Last,
        };

    /// <summary>Describes the training of several adapters.</summary>
    /// <param name="steps">Steps of all adapters.</param>
    /// <param name="loss">Last loss of the last one.</param>
    /// <param name="tokens">Tokens of all adapters.</param>
    /// <param name="tokensPerSecond">Pace of what this process trained.</param>
    /// <param name="output">What was written.</param>
    public static RecipeResult Of(long steps, double loss, long tokens, double tokensPerSecond, string output) =>
        new(new TrainingResult(steps, loss, null, tokens, tokensPerSecond, PeakMemory(), 0, output, []), output) { PlannedSteps = steps };

    private static long PeakMemory()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
