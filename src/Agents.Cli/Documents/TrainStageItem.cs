namespace Agents.Cli.Documents;

/// <summary>A stage of <c>agents train</c>.</summary>
/// <param name="Stage">Name of the stage.</param>
/// <param name="Reused">Whether an earlier process had finished it.</param>
/// <param name="Steps">Updates done, or items made by a stage that trains nothing.</param>
/// <param name="Stop">Why it ended.</param>
/// <param name="Output">The file that it left.</param>
/// <param name="OutputHash">SHA-256 of that file.</param>
internal sealed record TrainStageItem(string Stage, bool Reused, long Steps, string Stop, string Output, string OutputHash);
