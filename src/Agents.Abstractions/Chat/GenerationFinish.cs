namespace Agents;

/// <summary>Why a completion ended.</summary>
public enum GenerationFinish
{
    /// <summary>Not finished (a stream that was cut).</summary>
    None = 0,

    /// <summary>The model sampled an end token.</summary>
    EndToken = 1,

    /// <summary>A stop string or stop token of the request.</summary>
    StopSequence = 2,

    /// <summary>The token limit of the request.</summary>
    Length = 3,

    /// <summary>The context window is full.</summary>
    ContextFull = 4,

    /// <summary>Cancelled by the caller or the budget.</summary>
    Cancelled = 5,
}
