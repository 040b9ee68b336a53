using System.Threading.Tasks.Sources;

namespace Agents.Models.Generation;

/// <summary>
/// Carries tokens from the engine's thread to one reader without allocating per token. A reader that falls behind makes the mailbox full, and a full mailbox
/// pauses its request; so unread tokens are bounded by <see cref="Limit"/> plus those of one step.
/// </summary>
/// <param name="drained">Called when a full mailbox has become half empty; any thread.</param>
internal sealed class TokenMailbox(Action drained) : IValueTaskSource<bool>
{
    /// <summary>Unread tokens at which the mailbox is full.</summary>
    public const int Limit = 256;

    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _signal = new() { RunContinuationsAsynchronously = true };
    private GeneratedToken[] _tokens = new GeneratedToken[16];
    private int _first;
    private int _count;
    private bool _waiting;
    private bool _completed;
    private bool _full;
    private Exception? _error;

    /// <summary>Gets whether the reader must catch up first.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                _full |= _count >= Limit;
                return _full;
            }
        }
    }

    /// <summary>Adds a token.</summary>
    public void Write(in GeneratedToken token)
    {
        bool wake;
        lock (_lock)
        {
            if (_completed)
            {
                return;
            }

            if (_count == _tokens.Length)
            {
                Grow();
            }

            _tokens[(_first + _count++) % _tokens.Length] = token;
            wake = _waiting;
            _waiting = false;
        }

        if (wake)
        {
            _signal.SetResult(true);
        }
    }

    /// <summary>Says that no more tokens come; those written can still be read.</summary>
    /// <param name="error">What the reader gets at the end; null for a normal end.</param>
    public void Complete(Exception? error)
    {
        bool wake;
        lock (_lock)
        {
            if (_completed)
            {
                return;
            }

            _completed = true;
            _error = error;
            wake = _waiting;
            _waiting = false;
        }

        if (wake)
        {
            _signal.SetResult(true);
        }
    }

    /// <summary>Waits until there is a token or the end. One reader at a time.</summary>
    /// <returns>False at the end.</returns>
    public ValueTask<bool> WaitAsync()
    {
        lock (_lock)
        {
            if (_count > 0)
            {
                return new ValueTask<bool>(true);
            }

            if (_completed)
            {
                return _error is null ? new ValueTask<bool>(false) : ValueTask.FromException<bool>(_error);
            }

            _signal.Reset();
            _waiting = true;
            return new ValueTask<bool>(this, _signal.Version);
        }
    }

    /// <summary>Takes a token if there is one.</summary>
    public bool TryRead(out GeneratedToken token)
    {
        bool half;
        lock (_lock)
        {
            if (_count == 0)
            {
                token = default;
                return false;
            }

            token = _tokens[_first];
            _tokens[_first] = default;
            _first = (_first + 1) % _tokens.Length;
            _count--;
            half = _full && _count <= Limit / 2;
            _full &= !half;
        }

        if (half)
        {
            drained();
        }

        return true;
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _signal.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);

    private void Grow()
    {
        var larger = new GeneratedToken[2 * _tokens.Length];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = _tokens[(_first + i) % _tokens.Length];
        }

        _tokens = larger;
        _first = 0;
    }
}
