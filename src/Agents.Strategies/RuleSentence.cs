using System.Globalization;
using System.Runtime.CompilerServices;

namespace Agents.Strategies;

/// <summary>The sentence of a rule, which the compiler writes piece by piece and only where the rule does not hold; numbers are invariant.</summary>
[InterpolatedStringHandler]
public ref struct RuleSentence
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Starts a sentence.</summary>
    /// <param name="literalLength">Characters of the fixed parts.</param>
    /// <param name="formattedCount">Number of values.</param>
    /// <param name="holds">Whether the rule holds.</param>
    /// <param name="isWritten">Whether the pieces are wanted.</param>
    public RuleSentence(int literalLength, int formattedCount, bool holds, out bool isWritten)
    {
        isWritten = !holds;
        _text = isWritten ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    /// <summary>Appends a fixed part.</summary>
    /// <param name="value">The part.</param>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Appends a value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The value.</param>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>Returns the sentence and gives its buffer back.</summary>
    internal string ToStringAndClear() => _text.ToStringAndClear();
}
