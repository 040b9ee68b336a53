namespace Agents.Runtime.Learning;

/// <summary>What became of one stage of a recipe's run.</summary>
/// <param name="Stage">Name of the stage.</param>
/// <param name="Reused">Whether an earlier process had finished it with equal inputs.</param>
/// <param name="Steps">Updates done, or items made by a stage that trains nothing.</param>
/// <param name="Stop">Why it ended; <c>Completed</c> when all was done.</param>
/// <param name="Output">The file that it left.</param>
/// <param name="OutputHash">SHA-256 of that file.</param>
public sealed record StageReport(string Stage, bool Reused, long Steps, string Stop, string Output, string OutputHash);
