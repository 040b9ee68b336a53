namespace Agents.Evaluation.Tasks.Arithmetic;

/// <summary>One operation on the running value.</summary>
/// <param name="Operator">One of + - * / and &amp; (add the value before the running one).</param>
/// <param name="Operand">Second operand; 2 for /, unused for &amp;.</param>
public readonly record struct ArithmeticStep(char Operator, int Operand)
{
    /// <summary>Applies the operation.</summary>
    /// <param name="value">Running value.</param>
    /// <param name="previous">The value before it.</param>
    public int Apply(int value, int previous) => Operator switch
    {
        '+' => value + Operand,
        '-' => value - Operand,
        '*' => value * Operand,
        '/' => value / Operand,
        _ => value + previous,
    };

    /// <summary>Writes the operation as a step line, such as 3*4=12.</summary>
    /// <param name="value">Running value.</param>
    /// <param name="previous">The value before it.</param>
    /// <param name="result">The stated result, which need not be right.</param>
    public string Line(int value, int previous, int result) => Operator == '&'
        ? FormattableString.Invariant($"{value}+{previous}={result}")
        : FormattableString.Invariant($"{value}{Operator}{Operand}={result}");
}
