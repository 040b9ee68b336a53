using Agents.Models.Adapters;
using Agents.Models.Cache;
using Agents.Models.Sampling;
using Agents.Numerics.Memory;

namespace Agents.Models.Serving;

/// <summary>
/// A sequence of known tokens that the scheduler feeds to the model. It may lose its keys and values at any time and be fed again from the start: by the numeric
/// contract the results are the same bits.
/// </summary>
internal abstract class BatchSequence
{
    private int[] _tokens;

    protected BatchSequence(EngineJob job, ReadOnlySpan<int> tokens, int room, AdapterMixture? mixture)
    {
        Job = job;
        Mixture = mixture;
        _tokens = new int[tokens.Length + room];
        tokens.CopyTo(_tokens);
        Length = tokens.Length;
    }

    public EngineJob Job { get; }

    /// <summary>Gets the adapters; null for the base model. Held by the request.</summary>
    public AdapterMixture? Mixture { get; }

    /// <summary>Gets what decides the numbers of the adapters; empty for the base model.</summary>
    public string MixtureKey => Mixture?.Key ?? string.Empty;

    /// <summary>Gets the number of known tokens.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Length);

    /// <summary>Gets or sets keys and values; null while the sequence waits. Owned by the scheduler.</summary>
    public KvSequence? Cache { get; set; }

    /// <summary>Gets the number of tokens whose keys and values are there.</summary>
    public int Fed => Cache?.Length ?? 0;

    /// <summary>Gets the number of tokens that must be fed.</summary>
    public abstract int FeedEnd { get; }

    /// <summary>Gets the index of the first token after which logits are wanted.</summary>
    public abstract int FirstLogit { get; }

    public int Pending => FeedEnd - Fed;

    /// <summary>Gets the end of the positions whose tokens have turned out right; guesses behind it are dropped.</summary>
    public virtual int ValidEnd => FeedEnd;

    /// <summary>Gets the most positions that may be taken from other sequences: at least one token has to be fed for its logits.</summary>
    public virtual int Reusable => Math.Min(FeedEnd - 1, FirstLogit);

    /// <summary>Gets whether the sequence has the logits for its next token already.</summary>
    public virtual bool HasHeldLogits => false;

    /// <summary>Gets whether keys and values are worth keeping for later prompts once the sequence ended.</summary>
    public virtual bool LeavesPrefix => false;

    /// <summary>Gets or sets the prefix shared with siblings, if any.</summary>
    public SharedPrefix? Shared { get; init; }

    /// <summary>Gets or sets the order of starts; larger is younger.</summary>
    public long Age { get; set; }

    /// <summary>Gets or sets the rows of the present batch.</summary>
    public int Planned { get; set; }

    /// <summary>Gets or sets the guessed tokens among <see cref="Planned"/>, which lie behind the known ones.</summary>
    public int Drafted { get; set; }

    /// <summary>Gets or sets the first row of logits in the present batch.</summary>
    public int LogitRow { get; set; }

    /// <summary>Gets or sets the rows of logits in the present batch.</summary>
    public int LogitRows { get; set; }

    public bool Finished { get; protected set; }

    /// <summary>Gets or sets what went wrong while logits were digested; it ends the whole request.</summary>
    public Exception? Error { get; set; }

    /// <summary>Returns how many of the next rows want logits.</summary>
    public int LogitRowsOf(int rows) => Math.Max(0, rows - Math.Max(0, FirstLogit - Fed));

    /// <summary>Returns tokens to feed, guessed ones included.</summary>
    public ReadOnlySpan<int> Feed(int count) => _tokens.AsSpan(Fed, count);

    /// <summary>Writes guesses of the next tokens behind the known ones.</summary>
    /// <param name="most">Largest number of guesses.</param>
    /// <returns>Number of guesses.</returns>
    public virtual int Draft(int most) => 0;

    /// <summary>Takes logits in. Runs at the same time as other sequences' and touches nothing that they share.</summary>
    /// <param name="logits">Rows after the tokens from <see cref="FirstLogit"/> on that were fed in this batch.</param>
    /// <param name="workspace">Scratch memory of the running thread.</param>
    public abstract void Digest(MatrixView<float> logits, SamplerWorkspace workspace);

    /// <summary>Digests logits that the sequence holds already.</summary>
    public virtual void DigestHeld(SamplerWorkspace workspace) => throw new InvalidOperationException("The sequence holds no logits.");

    /// <summary>Hands results on, after all sequences have digested; one at a time.</summary>
    /// <returns>Number of tokens generated.</returns>
    public abstract int Settle();

    protected void Append(int token)
    {
        Reserve(1);
        _tokens[Length++] = token;
    }

    /// <summary>Returns room behind the known tokens.</summary>
    protected Span<int> Reserve(int count)
    {
        if (_tokens.Length - Length < count)
        {
            Array.Resize(ref _tokens, Math.Max(Length + count, 2 * _tokens.Length));
        }

        return _tokens.AsSpan(Length, count);
    }
}
