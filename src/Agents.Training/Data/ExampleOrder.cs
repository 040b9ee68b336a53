namespace Agents.Training.Data;

/// <summary>
/// The order in which a run visits examples: every epoch is its own shuffle, drawn from the seed and the epoch's number alone. The position is one number,
/// so nothing else has to be stored to continue.
/// </summary>
public sealed class ExampleOrder
{
    private readonly SampleStream _stream;
    private readonly long? _count;
    private readonly bool _shuffle;
    private int[] _permutation = [];
    private long _epoch = -1;

    /// <summary>Creates an order.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="count">Number of examples; null when they are generated without end, which are visited as they come.</param>
    /// <param name="shuffle">Whether finite data is shuffled in every epoch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is not positive or exceeds what one shuffle can hold.</exception>
    public ExampleOrder(ulong seed, long? count, bool shuffle = true)
    {
        if (count is { } known)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(known, nameof(count));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(known, shuffle ? Array.MaxLength : long.MaxValue, nameof(count));
        }

        _stream = new SampleStream(seed, prompt: 0x6F72646572);
        _count = count;
        _shuffle = shuffle;
    }

    /// <summary>Returns which example stands at a position.</summary>
    /// <param name="position">Number of examples visited before it, over all epochs.</param>
    public long IndexAt(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (_count is not { } count)
        {
            return position;
        }

        (long epoch, long place) = Math.DivRem(position, count);
        if (!_shuffle)
        {
            return place;
        }

        if (epoch != _epoch)
        {
            Shuffle((int)count, epoch);
        }

        return _permutation[place];
    }

    private void Shuffle(int count, long epoch)
    {
        if (_permutation.Length != count)
        {
            _permutation = new int[count];
        }

        for (int i = 0; i < count; i++)
        {
            _permutation[i] = i;
        }

        SampleStream stream = _stream.Fork((ulong)epoch);
        stream.Shuffle(_permutation.AsSpan());
        _epoch = epoch;
    }
}
