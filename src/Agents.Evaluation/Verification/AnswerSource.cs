namespace Agents.Evaluation.Verification;

/// <summary>What marked a final answer.</summary>
public enum AnswerSource
{
    /// <summary>A line <c>answer: x</c>, the convention of this product.</summary>
    AnswerLine,

    /// <summary><c>\boxed{x}</c>.</summary>
    Boxed,

    /// <summary>A line <c>#### x</c>.</summary>
    HashMark,

    /// <summary>No mark: the last number of the text. A guess that reports must count apart.</summary>
    LastNumber,
}
