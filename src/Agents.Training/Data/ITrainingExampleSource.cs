namespace Agents.Training.Data;

/// <summary>Examples by number. Because example i never changes, the position in the data is one number and a resumed run sees exactly what it would have seen.</summary>
public interface ITrainingExampleSource
{
    /// <summary>Gets how many examples exist; null when they are generated without end.</summary>
    long? Count { get; }

    /// <summary>Gets a text that changes when any example changes (a content hash, or generator name, version and seed); it becomes part of the checkpoint's identity.</summary>
    string Fingerprint { get; }

    /// <summary>Returns an example: a pure function of the index.</summary>
    /// <param name="index">From 0 up to <see cref="Count"/>, or any non-negative number when there is no end.</param>
    TrainingExample Get(long index);
}
