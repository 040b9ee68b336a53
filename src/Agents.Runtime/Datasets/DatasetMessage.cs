namespace Agents.Runtime.Datasets;

/// <summary>A message of a conversation in a training set.</summary>
/// <param name="Role">Who wrote it.</param>
/// <param name="Content">Its text.</param>
public sealed record DatasetMessage(string Role, string Content);
