using System.Collections.Concurrent;
using System.Globalization;
using Agents.Evaluation;
using Agents.Evaluation.Tasks;
using Agents.Replication;

namespace Agents.Runtime.Replication;

/// <summary>Draws items and remembers what stands behind each, so that it can be graded and varied by its id. Safe for concurrent calls.</summary>
public sealed class ItemBook
{
    private const int MaximumDrawsPerItem = 400;
    private const int MaximumSimilarDraws = 20_000;
    private readonly ConcurrentDictionary<string, TaskItem> _items = new(StringComparer.Ordinal);

    /// <summary>Draws items without repeated questions.</summary>
    /// <param name="query">Which items.</param>
    /// <exception cref="ReplicationException">There is no such family or level, or it has too few questions.</exception>
    public IReadOnlyList<ExperimentItem> Draw(ItemQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query.Count, nameof(query));
        ITaskFamily family = Family(query.Family);
        ITaskFamily? single = query.Difficulty is { } level ? SingleLevelFamilies.Find(query.Family, level) : null;
        TaskSplit split = Split(query.Split);
        List<ExperimentItem> items = new(query.Count);
        HashSet<string> questions = new(query.Count, StringComparer.Ordinal);
        for (long index = 0; items.Count < query.Count; index++)
        {
            if (index > (long)query.Count * MaximumDrawsPerItem)
            {
                throw new ReplicationException($"Family {query.Family} gave only {items.Count} different questions of split {query.Split}{(query.Difficulty is { } asked ? $" at level {asked}" : "")} in {index} draws; {query.Count} were asked for.");
            }

            TaskItem item = (single ?? family).Create(split, index, query.Seed);
            if ((query.Difficulty is null || item.Difficulty == query.Difficulty) && questions.Add(item.Question))
            {
                // A family of one level draws other items under the same numbers.
                items.Add(Enter(single is null ? item.Id : string.Create(CultureInfo.InvariantCulture, $"{item.Id}@{item.Difficulty}"), item));
            }
        }

        return items;
    }

    /// <summary>Draws another item of the same template and level, from the training split.</summary>
    /// <param name="item">A drawn item.</param>
    /// <param name="stream">Decides which one.</param>
    /// <exception cref="ReplicationException">The item is unknown, or there is none like it.</exception>
    public ExperimentItem Similar(ExperimentItem item, SampleStream stream)
    {
        TaskItem origin = Find(item);
        ITaskFamily family = SingleLevelFamilies.Find(item.Family, item.Difficulty) ?? Family(item.Family);
        ulong seed = stream.NextBits();
        for (int i = 0; i < MaximumSimilarDraws; i++)
        {
            TaskItem candidate = family.Create(TaskSplit.Train, i, seed);
            if (candidate.Template == origin.Template && candidate.Difficulty == origin.Difficulty && candidate.Question != origin.Question)
            {
                return Enter(string.Create(CultureInfo.InvariantCulture, $"{candidate.Id}@{candidate.Difficulty}"), candidate);
            }
        }

        throw new ReplicationException($"Family {item.Family} has no training item like '{item.Id}' (template {origin.Template}, level {item.Difficulty}) in {MaximumSimilarDraws} draws.");
    }

    /// <summary>Solves a problem that was written as text.</summary>
    /// <param name="family">Id of a family that reads its questions.</param>
    /// <param name="question">The complete question.</param>
    /// <returns>The problem with its solution; null where the text is none that the family could have drawn.</returns>
    /// <exception cref="ReplicationException">There is no such family, or it reads no questions.</exception>
    public static WrittenProblem? Solve(string family, string question)
    {
        IQuestionReader reader = Family(family) as IQuestionReader ?? throw new ReplicationException($"Family {family} reads no questions; a family that does implements IQuestionReader, as transform.");
        return reader.Read(question) is { } read
            ? new WrittenProblem(question, read.Draft.Solution.Text) { Difficulty = read.Difficulty, Facts = read.Draft.Facts, Split = Split(read.Split) }
            : null;
    }

    /// <summary>Returns what stands behind an item.</summary>
    /// <param name="item">A drawn item.</param>
    /// <exception cref="ReplicationException">The item is unknown.</exception>
    public TaskItem Find(ExperimentItem item) => _items.TryGetValue(item.Id, out TaskItem? known)
        ? known
        : throw new ReplicationException($"Item '{item.Id}' was not drawn by this laboratory; take items from Items and Similar.");

    /// <summary>Finds a family.</summary>
    /// <param name="id">Its id.</param>
    /// <exception cref="ReplicationException">There is none.</exception>
    public static ITaskFamily Family(string id)
    {
        try
        {
            return TaskFamilies.Find(id);
        }
        catch (EvaluationException unknown)
        {
            throw new ReplicationException(unknown.Message, unknown);
        }
    }

    private static TaskSplit Split(ExperimentSplit split) => split switch
    {
        ExperimentSplit.Train => TaskSplit.Train,
        ExperimentSplit.Validation => TaskSplit.Validation,
        _ => TaskSplit.Test,
    };

    private static ExperimentSplit Split(TaskSplit split) => split switch
    {
        TaskSplit.Train => ExperimentSplit.Train,
        TaskSplit.Validation => ExperimentSplit.Validation,
        _ => ExperimentSplit.Test,
    };

    private ExperimentItem Enter(string id, TaskItem item)
    {
        _items[id] = item;
        return new ExperimentItem(id, item.Question, item.Answer)
        {
            Family = item.Family,
            Difficulty = item.Difficulty,
            Solution = item.Solution,
            Slots = item.Slots,
            Facts = item.Facts,
            Tests = item.Tests,
            Distribution = item.Alternatives.ToDictionary(answer => answer.Text, answer => answer.Probability, StringComparer.Ordinal),
        };
    }
}
