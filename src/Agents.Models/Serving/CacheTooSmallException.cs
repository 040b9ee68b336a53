using System.Globalization;
using Agents.Models.Cache;

namespace Agents.Models.Serving;

/// <summary>A request needs more memory for keys and values than the model may hold in all, so waiting would not help.</summary>
public sealed class CacheTooSmallException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public CacheTooSmallException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line with the numbers and the way out.</param>
    public CacheTooSmallException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line with the numbers and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public CacheTooSmallException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Refuses a sequence that does not fit even when it is alone.</summary>
    /// <param name="pool">Where it would lie.</param>
    /// <param name="positions">Tokens of prompt and answer.</param>
    internal static void ThrowIfTooSmall(KvPagePool pool, int positions)
    {
        // One page more than the tokens need: a fork copies the page on which it goes its own way.
        if (pool.PagesFor(positions) + 1 > pool.MaximumPages)
        {
            throw For(pool, positions);
        }
    }

    /// <summary>Creates the error of a sequence.</summary>
    /// <param name="pool">Where it would lie.</param>
    /// <param name="positions">Tokens of prompt and answer.</param>
    internal static CacheTooSmallException For(KvPagePool pool, int positions)
    {
        int pages = pool.PagesFor(positions) + 1;
        return new CacheTooSmallException(string.Create(
            CultureInfo.InvariantCulture,
            $"A sequence of {positions} tokens (prompt and answer) needs {pages} cache pages of {pool.PagePositions} tokens and {pool.PageBytes} bytes each; the model may hold {pool.MaximumPages}. Shorten the prompt, lower the limit of tokens, or raise {nameof(KvCacheOptions)}.{nameof(KvCacheOptions.MaximumBytes)} to at least {pages * pool.PageBytes}."));
    }
}
