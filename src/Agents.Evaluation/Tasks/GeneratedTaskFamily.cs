using System.Globalization;

namespace Agents.Evaluation.Tasks;

/// <summary>
/// The generator core that all families are views of: draw a plan (a walk over the skill graph with noise), take it only when the
/// hash of its content falls into the wanted split, and write it on a surface. Splits are therefore disjoint by construction.
/// </summary>
/// <typeparam name="TPlan">What a family draws: the problem before it has words.</typeparam>
public abstract class GeneratedTaskFamily<TPlan> : ITaskFamily
{
    private const int MaximumAttempts = 4096;
    private const int CorruptionAttempts = 256;
    private readonly DifficultyMix _difficulty;
    private readonly DifficultyMix _heldOut;
    private readonly ulong _familyKey;

    /// <summary>Creates the family.</summary>
    /// <param name="id">Stable id.</param>
    /// <param name="difficulty">How often each level is drawn for training.</param>
    /// <param name="heldOut">How often each level is drawn in the validation and test splits; null for the same.</param>
    protected GeneratedTaskFamily(string id, DifficultyMix difficulty, DifficultyMix? heldOut)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentNullException.ThrowIfNull(difficulty);
        Id = id;
        _difficulty = difficulty;
        _heldOut = heldOut ?? difficulty;
        _familyKey = ContentHash.Of(id);
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public TaskItem Create(TaskSplit split, long index, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        (TPlan plan, int level, int attempt) = DrawPlan(split, index, seed);
        return ToItem(plan, level, split, new TaskLineage(seed, index, attempt), "");
    }

    /// <inheritdoc/>
    public CorruptedSolution Corrupt(TaskItem item, ref SampleStream stream)
    {
        TPlan plan = Recall(item);
        TaskSolution right = Write(plan).Solution;
        for (int i = 0; i < CorruptionAttempts; i++)
        {
            CorruptedSolution wrong = Corrupt(plan, right, ref stream);
            if (IsWrong(plan, right, wrong.Solution))
            {
                return wrong;
            }
        }

        throw new EvaluationException($"No wrong solution of {item.Id} was found in {CorruptionAttempts} tries; the family's corruptions must change the answer.");
    }

    /// <inheritdoc/>
    public CorruptedSolution? Misread(TaskItem item, ref SampleStream stream)
    {
        TPlan plan = Recall(item);
        return Misread(plan, ref stream) is { } misread && IsWrong(plan, Write(plan).Solution, misread.Solution) ? misread : null;
    }

    /// <inheritdoc/>
    public TaskItem CreateSimilar(TaskItem item, ref SampleStream stream)
    {
        _ = Recall(item);
        for (int i = 0; i < MaximumAttempts; i++)
        {
            TPlan plan = Draw(item.Split, item.Difficulty, ref stream);
            if (ContentHash.Split(Id, Content(plan)) != item.Split)
            {
                continue;
            }

            TaskDraft draft = Write(plan);
            if (draft.Template == item.Template && draft.Question != item.Question)
            {
                return ToItem(plan, item.Difficulty, item.Split, item.Lineage, "/similar/" + stream.Counter.ToString(CultureInfo.InvariantCulture));
            }
        }

        throw new EvaluationException($"No item similar to {item.Id} was found in {MaximumAttempts} draws.");
    }

    /// <summary>Draws a problem of one level.</summary>
    /// <param name="difficulty">Level from 1.</param>
    /// <param name="stream">Source of randomness.</param>
    protected abstract TPlan Draw(int difficulty, ref SampleStream stream);

    /// <summary>Draws a problem of one level for a split; by default every split draws alike, and content alone decides what belongs to it.</summary>
    /// <param name="split">The split that the problem is wanted for.</param>
    /// <param name="difficulty">Level from 1.</param>
    /// <param name="stream">Source of randomness.</param>
    protected virtual TPlan Draw(TaskSplit split, int difficulty, ref SampleStream stream) => Draw(difficulty, ref stream);

    /// <summary>The canonical content of a problem: what must not be shared between splits. A function of the question's text.</summary>
    /// <param name="plan">A drawn problem.</param>
    protected abstract string Content(TPlan plan);

    /// <summary>Puts a problem into words.</summary>
    /// <param name="plan">A drawn problem.</param>
    protected abstract TaskDraft Write(TPlan plan);

    /// <summary>Tries to write a wrong solution; the caller repeats when it happens to be right.</summary>
    /// <param name="plan">A drawn problem.</param>
    /// <param name="right">Its right solution.</param>
    /// <param name="stream">Decides what goes wrong.</param>
    protected abstract CorruptedSolution Corrupt(TPlan plan, TaskSolution right, ref SampleStream stream);

    /// <summary>Solves a problem that was misread; null, as by default, where there is nothing to misread.</summary>
    /// <param name="plan">A drawn problem.</param>
    /// <param name="stream">Decides what is misread.</param>
    protected virtual CorruptedSolution? Misread(TPlan plan, ref SampleStream stream) => null;

    /// <summary>Whether a solution's answer is wrong.</summary>
    /// <param name="plan">A drawn problem.</param>
    /// <param name="right">Its right solution.</param>
    /// <param name="candidate">The solution in question.</param>
    protected virtual bool IsWrong(TPlan plan, TaskSolution right, TaskSolution candidate)
    {
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(candidate);
        return right.Answer != candidate.Answer;
    }

    private (TPlan Plan, int Level, int Attempt) DrawPlan(TaskSplit split, long index, ulong seed)
    {
        var stream = new SampleStream(seed ^ _familyKey, (ulong)index, (ulong)split);
        int level = (split == TaskSplit.Train ? _difficulty : _heldOut).Draw(ref stream);
        for (int attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            TPlan plan = Draw(split, level, ref stream);
            if (ContentHash.Split(Id, Content(plan)) == split)
            {
                return (plan, level, attempt);
            }
        }

        throw new EvaluationException($"Family {Id} found no content of split {split} at level {level} in {MaximumAttempts} draws; its parameter space is too small.");
    }

    private TPlan Recall(TaskItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Family == Id)
        {
            (TPlan plan, _, _) = DrawPlan(item.Split, item.Lineage.Index, item.Lineage.Seed);
            if (Write(plan).Question == item.Question)
            {
                return plan;
            }
        }

        throw new ArgumentException($"Item {item.Id} was not drawn by family {Id} with these options.", nameof(item));
    }

    private TaskItem ToItem(TPlan plan, int level, TaskSplit split, TaskLineage lineage, string suffix)
    {
        TaskDraft draft = Write(plan);
        string splitName = split switch
        {
            TaskSplit.Train => "train",
            TaskSplit.Validation => "validation",
            _ => "test",
        };
        return new TaskItem
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{Id}/{splitName}/{lineage.Seed}/{lineage.Index}{suffix}"),
            Family = Id,
            Template = draft.Template,
            Question = draft.Question,
            Answer = draft.Solution.Answer,
            Steps = string.Join('\n', draft.Solution.Steps),
            Slots = draft.Solution.Slots,
            Facts = draft.Facts,
            Alternatives = draft.Alternatives,
            Tests = draft.Tests,
            Subtasks = draft.Subtasks,
            Difficulty = level,
            Split = split,
            Lineage = lineage,
        };
    }
}
