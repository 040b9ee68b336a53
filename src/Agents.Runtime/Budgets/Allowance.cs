using System.Numerics;

namespace Agents.Runtime.Budgets;

/// <summary>
/// One quantity of a budget (calls, tokens or money), possibly a part of another one: used, and promised but not yet used. A limited part is promised by its whole at once, so
/// parts never take from each other; an unlimited part draws on its whole as it goes. Not thread-safe: the meters of a request share a lock.
/// </summary>
/// <typeparam name="T">Type of the quantity.</typeparam>
internal sealed class Allowance<T>
    where T : struct, INumber<T>
{
    private readonly Allowance<T>? _whole;
    private readonly T? _limit;
    private T _promised;
    private T _taken;

    /// <summary>Creates an allowance and takes its limit from the whole.</summary>
    /// <param name="limit">The limit; null for none of its own.</param>
    /// <param name="whole">What it is a part of; null for the request's own.</param>
    public Allowance(T? limit, Allowance<T>? whole)
    {
        _limit = limit;
        _whole = whole;
        _taken = limit ?? T.Zero;
        whole?.Promise(_taken);
    }

    /// <summary>Gets what was used of it, by its parts too.</summary>
    public T Used { get; private set; }

    /// <summary>Gets what is neither used nor promised, at least 0; null without a limit here and around it.</summary>
    public T? Free => _limit is { } limit ? T.Max(T.Zero, limit - Used - _promised) : _whole?.Free;

    /// <summary>Gets whether something is promised that was not used yet.</summary>
    public bool HasPromises => _promised > T.Zero;

    /// <summary>Sets aside what a part or a call in flight may use.</summary>
    /// <param name="amount">How much.</param>
    public void Promise(T amount)
    {
        _promised += amount;
        if (_limit is null)
        {
            _whole?.Promise(amount);
        }
    }

    /// <summary>Takes a promise back.</summary>
    /// <param name="amount">How much.</param>
    public void Release(T amount)
    {
        _promised -= amount;
        if (_limit is null)
        {
            _whole?.Release(amount);
        }
    }

    /// <summary>Uses an amount, here and in all that this is a part of. More than the limit is recorded as it is: what was used was used.</summary>
    /// <param name="amount">How much; less than zero gives back.</param>
    public void Use(T amount)
    {
        Used += amount;
        if (_whole is null)
        {
            return;
        }

        T kept = T.Min(amount, _taken);
        _taken -= kept;
        _whole.Release(kept);
        _whole.Use(amount);
    }

    /// <summary>Gives back to the whole what was taken and not used.</summary>
    public void Close()
    {
        _whole?.Release(_taken);
        _taken = T.Zero;
    }
}
