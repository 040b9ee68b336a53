namespace Agents.Fuzzing.Engine;

/// <summary>A reader of untrusted bytes.</summary>
public interface IFuzzTarget
{
    /// <summary>Gets the name on the command line and of the corpus folder.</summary>
    string Name { get; }

    /// <summary>Gets byte strings that mean something to the reader: magic numbers, keys, keywords.</summary>
    IReadOnlyList<byte[]> Dictionary { get; }

    /// <summary>Gets the bytes that reading may allocate whatever the size of the input. Default 4 MiB; interpreters with limits of their own need what those allow.</summary>
    long AllocationBase => 4 << 20;

    /// <summary>Creates valid inputs to start from.</summary>
    IReadOnlyList<byte[]> Seeds();

    /// <summary>Reads an input completely, as a user of it would.</summary>
    /// <param name="input">Any bytes.</param>
    void Read(byte[] input);

    /// <summary>Returns whether an error is one that the reader promises: named, for the user.</summary>
    /// <param name="error">What <see cref="Read"/> threw.</param>
    bool IsNamed(Exception error);
}
