namespace Agents.Evaluation.Tasks;

/// <summary>Draws sets of items without repeated questions: what evaluations run over.</summary>
public static class TaskSet
{
    private const int MaximumDrawsPerItem = 200;

    /// <summary>Draws items of one family with different questions.</summary>
    /// <param name="family">The family.</param>
    /// <param name="split">The split.</param>
    /// <param name="count">How many items, not negative.</param>
    /// <param name="seed">Seed of the set.</param>
    /// <exception cref="EvaluationException">The family has too few different questions in the split.</exception>
    public static IReadOnlyList<TaskItem> Draw(ITaskFamily family, TaskSplit split, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var items = new List<TaskItem>(count);
        var seen = new HashSet<string>(count);
        for (long index = 0; items.Count < count; index++)
        {
            if (index > (long)count * MaximumDrawsPerItem)
            {
                throw new EvaluationException($"Family {family.Id} gave only {items.Count} different questions of split {split} in {index} draws; {count} were asked for.");
            }

            TaskItem item = family.Create(split, index, seed);
            if (seen.Add(item.Question))
            {
                items.Add(item);
            }
        }

        return items;
    }

    /// <summary>Draws the same number of items of several families, in turns.</summary>
    /// <param name="families">The families.</param>
    /// <param name="split">The split.</param>
    /// <param name="countPerFamily">How many items of each.</param>
    /// <param name="seed">Seed of the set.</param>
    /// <exception cref="EvaluationException">A family has too few different questions in the split.</exception>
    public static IReadOnlyList<TaskItem> DrawInTurns(IReadOnlyList<ITaskFamily> families, TaskSplit split, int countPerFamily, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(families);
        IReadOnlyList<TaskItem>[] parts = [.. families.Select(family => Draw(family, split, countPerFamily, seed))];
        return [.. Enumerable.Range(0, countPerFamily).SelectMany(i => parts.Select(part => part[i]))];
    }
}
