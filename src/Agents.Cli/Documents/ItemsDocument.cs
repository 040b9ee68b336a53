namespace Agents.Cli.Documents;

/// <summary>Answer of the commands that list things.</summary>
/// <typeparam name="T">Kind of item.</typeparam>
/// <param name="Items">What there is.</param>
internal sealed record ItemsDocument<T>(IReadOnlyList<T> Items);
