namespace Agents.Programs;

/// <summary>Why a program has no value.</summary>
public enum ProgramFailureKind
{
    /// <summary>The text is no program.</summary>
    Syntax,

    /// <summary>A limit on length, steps, list size or integer range was reached.</summary>
    Limit,

    /// <summary>An operation on values of the wrong type.</summary>
    Type,

    /// <summary>A name without a value, or an index outside its list.</summary>
    Missing,

    /// <summary>Division by zero.</summary>
    Division,

    /// <summary>The end was reached without a return, or the call does not fit the parameters.</summary>
    Call,
}
