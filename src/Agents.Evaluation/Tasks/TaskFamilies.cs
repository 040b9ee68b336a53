using Agents.Evaluation.Tasks.Arithmetic;
using Agents.Evaluation.Tasks.Code;
using Agents.Evaluation.Tasks.Listing;
using Agents.Evaluation.Tasks.Lookup;
using Agents.Evaluation.Tasks.Programs;
using Agents.Evaluation.Tasks.Tools;
using Agents.Evaluation.Tasks.Transform;

namespace Agents.Evaluation.Tasks;

/// <summary>The built-in families with their default options.</summary>
public static class TaskFamilies
{
    /// <summary>Gets all families in a fixed order: arithmetic, transform, lookup, tools, listing, program, code.</summary>
    public static IReadOnlyList<ITaskFamily> All { get; } =
    [
        new ArithmeticFamily(),
        new TransformFamily(),
        new LookupFamily(),
        new ToolsFamily(),
        new ListingFamily(),
        new ProgramsFamily(),
        new CodeFamily(),
    ];

    /// <summary>Gets families that single experiments teach and measure: found by their ids, part of no mixture and not of <see cref="All"/>, so that embedded models never saw them.</summary>
    public static IReadOnlyList<ITaskFamily> Experimental { get; } = [new ToolsFamily(ErrandCatalog.Options)];

    /// <summary>Finds a family by id, experimental ones included.</summary>
    /// <param name="id">Id of the family.</param>
    /// <exception cref="EvaluationException">There is none; the message lists the ids.</exception>
    public static ITaskFamily Find(string id) => All.Concat(Experimental).FirstOrDefault(family => family.Id == id)
        ?? throw new EvaluationException($"There is no task family '{id}'. Families: {string.Join(", ", All.Concat(Experimental).Select(family => family.Id))}.");
}
