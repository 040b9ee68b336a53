namespace Agents.Evaluation.Tasks.Code;

/// <summary>What a function computes: an aggregate of calculated, filtered elements, and a last calculation.</summary>
public sealed record CodeSpec
{
    /// <summary>Gets what is gone over.</summary>
    public required CodeSource Source { get; init; }

    /// <summary>Gets what is made of the elements.</summary>
    public required CodeAggregate Aggregate { get; init; }

    /// <summary>Gets the first number of a range; 0 or 1.</summary>
    public int Start { get; init; }

    /// <summary>Gets whether the argument itself belongs to the range.</summary>
    public bool Inclusive { get; init; }

    /// <summary>Gets the condition on elements; null to keep all.</summary>
    public CodeFilter? Filter { get; init; }

    /// <summary>Gets a second condition; null without one.</summary>
    public CodeFilter? Second { get; init; }

    /// <summary>Gets the calculation on each element.</summary>
    public CodeTerm Each { get; init; } = CodeTerm.None;

    /// <summary>Gets the calculation on the result.</summary>
    public CodeTerm Then { get; init; } = CodeTerm.None;

    /// <summary>Gets the header's parameter: the list l or the integer n.</summary>
    public char Parameter => Source == CodeSource.Items ? 'l' : 'n';
}
