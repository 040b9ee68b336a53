namespace Agents.Evaluation.Tasks;

/// <summary>
/// A family of generated problems. Pure: an item depends on the family's options, the seed, the split and the index alone, so sets
/// need not be stored and any machine draws the same ones. Safe for concurrent calls.
/// </summary>
public interface ITaskFamily
{
    /// <summary>Gets the stable id.</summary>
    string Id { get; }

    /// <summary>Draws one item.</summary>
    /// <param name="split">The split it must belong to.</param>
    /// <param name="index">Index in the split, from 0; unbounded.</param>
    /// <param name="seed">Seed of the set.</param>
    TaskItem Create(TaskSplit split, long index, ulong seed);

    /// <summary>Writes a wrong solution of an item.</summary>
    /// <param name="item">An item of this family with these options.</param>
    /// <param name="stream">Decides what goes wrong.</param>
    /// <exception cref="ArgumentException">The item was not drawn by this family with these options.</exception>
    CorruptedSolution Corrupt(TaskItem item, ref SampleStream stream);

    /// <summary>Solves an item as somebody would who misread its question, without any other mistake.</summary>
    /// <param name="item">An item of this family with these options.</param>
    /// <param name="stream">Decides what is misread.</param>
    /// <returns>A wrong solution; null where the question offers nothing to misread.</returns>
    CorruptedSolution? Misread(TaskItem item, ref SampleStream stream) => null;

    /// <summary>Draws another item of the same template, level and split.</summary>
    /// <param name="item">An item of this family with these options.</param>
    /// <param name="stream">Decides which one.</param>
    /// <exception cref="ArgumentException">The item was not drawn by this family with these options.</exception>
    TaskItem CreateSimilar(TaskItem item, ref SampleStream stream);
}
