namespace Agents.Models.Constraints;

/// <summary>What one constrained sample may say next. One instance per sample; not safe for concurrent calls.</summary>
public interface ITokenConstraint
{
    /// <summary>Gets whether the text so far is complete, so that end tokens are allowed.</summary>
    bool CanEnd { get; }

    /// <summary>Gets whether the text so far is complete and nothing may follow but an end token.</summary>
    bool MustEnd { get; }

    /// <summary>Writes which tokens may follow. At least one bit is set, or <see cref="CanEnd"/> holds: a sample never stalls. End tokens are set when the text may end.</summary>
    /// <param name="allowed">One bit per token id: bit (id mod 32) of element id / 32. Overwritten.</param>
    /// <param name="remaining">
    /// How many tokens the sample may still have, this one included. When the shortest completion would not fit any more after some token, that token is not
    /// allowed. A completion is counted in bytes, one token each, so the text is complete at the limit whenever the limit left room for that at the start.
    /// </param>
    void Fill(Span<uint> allowed, int remaining = int.MaxValue);

    /// <summary>Moves on behind a token.</summary>
    /// <param name="id">A token that <see cref="Fill"/> allowed.</param>
    /// <exception cref="InvalidOperationException">The token was not allowed.</exception>
    void Accept(int id);
}
