using System.Globalization;
using System.Text;

namespace Agents.Evaluation.Tasks.Programs;

/// <summary>Evaluates one expression by recursive descent and writes it with values in place of variables.</summary>
internal sealed class ProgramExpression(string source, IReadOnlyDictionary<char, long> variables)
{
    private const int MaximumDepth = 16;
    private const long MaximumValue = 1_000_000_000;
    private readonly StringBuilder _withValues = new();
    private int _at;
    private int _depth;

    /// <summary>Gets whether anything is computed, as opposed to a bare number.</summary>
    public bool IsComputed { get; private set; }

    /// <summary>Gets the expression with values in place of variables; complete after evaluation.</summary>
    public string WithValues => _withValues.ToString();

    /// <summary>Evaluates the whole text.</summary>
    /// <exception cref="ProgramError">Syntax, unknown variable, or a value out of range.</exception>
    public long Evaluate()
    {
        long value = Sum();
        return _at == source.Length ? value : throw new ProgramError($"'{source}' goes wrong at character {_at + 1}");
    }

    private static long Check(long value) => Math.Abs(value) <= MaximumValue
        ? value
        : throw new ProgramError($"a value exceeds {MaximumValue}");

    private char Peek()
    {
        while (_at < source.Length && source[_at] == ' ')
        {
            _at++;
        }

        return _at < source.Length ? source[_at] : '\0';
    }

    private char Take()
    {
        char taken = source[_at++];
        _withValues.Append(taken);
        return taken;
    }

    private long Sum()
    {
        long value = Product();
        while (Peek() is '+' or '-')
        {
            IsComputed = true;
            value = Check(Take() == '+' ? value + Product() : value - Product());
        }

        return value;
    }

    private long Product()
    {
        long value = Factor();
        while (Peek() == '*')
        {
            IsComputed = true;
            Take();
            value = Check(value * Factor());
        }

        return value;
    }

    private long Factor()
    {
        char next = Peek();
        if (next == '(')
        {
            return Parenthesis();
        }

        if (next is >= 'a' and <= 'z')
        {
            _at++;
            if (!variables.TryGetValue(next, out long value))
            {
                throw new ProgramError($"variable {next} has no value");
            }

            IsComputed = true;
            _withValues.Append(value);
            return value;
        }

        int start = _at;
        if (next == '-')
        {
            _at++;
        }

        while (_at < source.Length && char.IsAsciiDigit(source[_at]))
        {
            _at++;
        }

        string number = source[start.._at];
        _withValues.Append(number);
        return long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed)
            ? Check(Math.Clamp(parsed, -MaximumValue - 1, MaximumValue + 1))
            : throw new ProgramError($"'{source}' goes wrong at character {start + 1}");
    }

    private long Parenthesis()
    {
        if (++_depth > MaximumDepth)
        {
            throw new ProgramError($"parentheses nested deeper than {MaximumDepth}");
        }

        Take();
        long value = Sum();
        if (Peek() != ')')
        {
            throw new ProgramError($"'{source}' lacks a closing parenthesis");
        }

        Take();
        _depth--;
        return value;
    }
}
