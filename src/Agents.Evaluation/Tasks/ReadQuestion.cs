namespace Agents.Evaluation.Tasks;

/// <summary>A problem that was understood from its text.</summary>
/// <param name="Draft">Its texts, the right solution among them.</param>
/// <param name="Difficulty">Level, from 1.</param>
/// <param name="Split">The split that its content belongs to.</param>
public sealed record ReadQuestion(TaskDraft Draft, int Difficulty, TaskSplit Split);
