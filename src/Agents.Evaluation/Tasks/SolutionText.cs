namespace Agents.Evaluation.Tasks;

/// <summary>The one layout of solutions in all families: step lines, then the answer line.</summary>
public static class SolutionText
{
    /// <summary>What the last line of a solution starts with.</summary>
    public const string AnswerPrefix = "answer: ";

    /// <summary>Writes a solution.</summary>
    /// <param name="steps">Step lines separated by '\n', or empty.</param>
    /// <param name="answer">The final answer.</param>
    public static string Write(string steps, string answer)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return steps.Length == 0 ? AnswerPrefix + answer : steps + "\n" + AnswerPrefix + answer;
    }
}
