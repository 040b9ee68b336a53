namespace Agents.Plugins.Sift.Predictions;

/// <summary>
/// Which two predictions are compared, and what stands in where they never agree (papers/49 §2.2). The first is the method: read literally, the paper's abstract pairs the plain
/// question with question and sticker, but its algorithm, its text and its code compare the two that have a sticker.
/// </summary>
public enum ConsensusStrategy
{
    /// <summary>(a) Sticker alone against question and sticker; returns the latter. Falls back to the plain question.</summary>
    StickerWithBoth = 0,

    /// <summary>(b) Sticker alone against the plain question; returns the former. Falls back to question and sticker.</summary>
    StickerWithQuestion = 1,

    /// <summary>(c) Plain question against question and sticker; returns the former. Falls back to the sticker alone.</summary>
    QuestionWithBoth = 2,
}
