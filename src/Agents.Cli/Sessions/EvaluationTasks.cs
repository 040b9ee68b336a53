using Agents.Cli.Output;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;

namespace Agents.Cli.Sessions;

/// <summary>Questions for <c>agents eval</c>: a built-in family, all of them, or a file.</summary>
internal static class EvaluationTasks
{
    /// <summary>Stands for all built-in families.</summary>
    public const string All = "all";

    private const int DefaultLimit = 100;

    /// <summary>Finds the questions.</summary>
    /// <param name="task">A family, <c>all</c>, or a JSONL file.</param>
    /// <param name="split">Split of built-in families.</param>
    /// <param name="limit">Number of questions per task; null for 100 of a family and all of a file.</param>
    /// <param name="seed">Seed of generated questions.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Name and questions per task.</returns>
    /// <exception cref="UsageException">There is no such task.</exception>
    /// <exception cref="TaskFileException">The file is damaged.</exception>
    public static async Task<IReadOnlyList<(string Name, IReadOnlyList<TaskItem> Items)>> FindAsync(
        string task, TaskSplit split, int? limit, ulong seed, CancellationToken cancellationToken)
    {
        ITaskFamily[] families = task == All ? [.. TaskFamilies.All] : [.. TaskFamilies.All.Where(family => family.Id == task)];
        if (families.Length > 0)
        {
            return [.. families.Select(family => (family.Id, TaskSet.Draw(family, split, limit ?? DefaultLimit, seed)))];
        }

        if (File.Exists(task))
        {
            IReadOnlyList<TaskItem> items = await JsonLinesTaskFile.ReadAsync(task, cancellationToken: cancellationToken).ConfigureAwait(false);
            return [(Path.GetFileNameWithoutExtension(task), limit is { } count ? [.. items.Take(count)] : items)];
        }

        string[] known = [.. TaskFamilies.All.Select(family => family.Id), All];
        throw new UsageException($"There is no task '{task}', neither a built-in one nor a file. {NearestNames.Describe(task, known)}");
    }

    /// <summary>Reads the name of a split.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <exception cref="UsageException">There is no such split.</exception>
    public static TaskSplit ParseSplit(string text) =>
        Enum.GetNames<TaskSplit>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known
            ? Enum.Parse<TaskSplit>(known)
            : throw new UsageException($"There is no split '{text}'. {NearestNames.Describe(text, [.. Enum.GetNames<TaskSplit>().Select(name => name.ToLowerInvariant())])}");
}
