namespace Agents.Evaluation.Tasks.Code;

/// <summary>What a function goes over.</summary>
public enum CodeSource
{
    /// <summary>The items of the list argument.</summary>
    Items,

    /// <summary>The decimal digits of the integer argument, last one first.</summary>
    Digits,

    /// <summary>The numbers from a start to the integer argument.</summary>
    Range,
}
