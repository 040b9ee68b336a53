namespace Agents.Evaluation.Tasks.Code;

/// <summary>What the words of a question leave open; its visible tests decide it.</summary>
[Flags]
public enum CodeVagueness
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Whether the end of the range belongs to it: "until n".</summary>
    End = 1,

    /// <summary>Whether the threshold itself is kept: "beyond 4", "within 4".</summary>
    Threshold = 2,

    /// <summary>The constant of the condition, written as a question mark.</summary>
    FilterConstant = 4,

    /// <summary>The constant of the calculation on elements, written as a question mark.</summary>
    EachConstant = 8,

    /// <summary>The constant of the last calculation, written as a question mark.</summary>
    ThenConstant = 16,
}
