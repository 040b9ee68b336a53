namespace Agents.Training.Data;

/// <summary>Preferences by number: a resumed run sees exactly what it would have seen.</summary>
public interface IPreferenceSource
{
    /// <summary>Gets how many examples exist.</summary>
    long Count { get; }

    /// <summary>Gets a text that changes when any example changes; it becomes part of the checkpoint's identity.</summary>
    string Fingerprint { get; }

    /// <summary>Returns an example: a pure function of the index.</summary>
    /// <param name="index">From 0 up to <see cref="Count"/>.</param>
    PreferenceExample Get(long index);
}
