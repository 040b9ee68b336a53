namespace Agents.Plugins.Malt.Data;

/// <summary>A message of a conversation in a dataset file.</summary>
/// <param name="Role">Who wrote it.</param>
/// <param name="Content">Its text.</param>
internal sealed record DatasetMessage(string Role, string Content);
