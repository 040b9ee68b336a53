namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents eval</c> for several tasks or strategies; for one of each it is the <see cref="EvalItem"/> itself.</summary>
/// <param name="Results">Every task with every strategy; with <c>--task all</c> also the pool of all families.</param>
/// <param name="Comparisons">Every further strategy against the one named first, per task.</param>
internal sealed record EvalDocument(IReadOnlyList<EvalItem> Results, IReadOnlyList<EvalComparison> Comparisons);
