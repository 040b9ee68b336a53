using System.Buffers.Binary;
using Agents.Training.Errors;

namespace Agents.Training.Guards;

/// <summary>
/// What a guard remembers: the mean of its number over the first steps, which is what "normal" means for this task, and for how many steps in a row a limit
/// was exceeded.
/// </summary>
internal sealed class GuardMemory
{
    private const int FormatVersion = 1;
    private const int StateBytes = 24;
    private double _sum;
    private int _count;
    private int _high;
    private int _low;

    /// <summary>Gets how many steps the start consists of so far.</summary>
    public int StartSteps => _count;

    /// <summary>Gets the mean of the start; NaN before the first step.</summary>
    public double Start => _sum / _count;

    /// <summary>Gets for how many steps in a row the upper limit was exceeded.</summary>
    public int High => _high;

    /// <summary>Gets for how many steps in a row the number was below the lower limit.</summary>
    public int Low => _low;

    /// <summary>Adds a number to the start.</summary>
    /// <param name="value">Finite.</param>
    public void AddToStart(double value)
    {
        _sum += value;
        _count++;
    }

    /// <summary>Counts a step.</summary>
    /// <param name="high">Whether the upper limit is exceeded.</param>
    /// <param name="low">Whether the number is below the lower limit.</param>
    public void Count(bool high, bool low = false)
    {
        _high = high ? _high + 1 : 0;
        _low = low ? _low + 1 : 0;
    }

    /// <summary>Returns the state.</summary>
    public byte[] Save()
    {
        byte[] state = new byte[StateBytes];
        BinaryPrimitives.WriteInt32LittleEndian(state, FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(state.AsSpan(4), _count);
        BinaryPrimitives.WriteDoubleLittleEndian(state.AsSpan(8), _sum);
        BinaryPrimitives.WriteInt32LittleEndian(state.AsSpan(16), _high);
        BinaryPrimitives.WriteInt32LittleEndian(state.AsSpan(20), _low);
        return state;
    }

    /// <summary>Restores a state.</summary>
    /// <param name="guard">Name of the guard for messages.</param>
    /// <param name="state">Result of <see cref="Save"/>.</param>
    /// <exception cref="CheckpointException">The bytes are no state of this version.</exception>
    public void Restore(string guard, ReadOnlySpan<byte> state)
    {
        int version = state.Length < sizeof(int) ? 0 : BinaryPrimitives.ReadInt32LittleEndian(state);
        if (state.Length != StateBytes || version != FormatVersion)
        {
            throw new CheckpointException($"The stored state of the guard '{guard}' has {state.Length} bytes of version {version}; this build reads {StateBytes} bytes of version {FormatVersion}. Use the build that wrote it.");
        }

        _count = BinaryPrimitives.ReadInt32LittleEndian(state[4..]);
        _sum = BinaryPrimitives.ReadDoubleLittleEndian(state[8..]);
        _high = BinaryPrimitives.ReadInt32LittleEndian(state[16..]);
        _low = BinaryPrimitives.ReadInt32LittleEndian(state[20..]);
    }
}
