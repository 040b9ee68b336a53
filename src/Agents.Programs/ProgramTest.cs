using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Agents.Programs;

/// <summary>A call and the value it must give, written <c>f(3)=6</c> or <c>f([1,2],3)=[1]</c>.</summary>
/// <param name="Arguments">Arguments of the call.</param>
/// <param name="Expected">The right value.</param>
public sealed record ProgramTest(IReadOnlyList<ProgramValue> Arguments, ProgramValue Expected)
{
    private const int MaximumLength = 1_000;
    private const int MaximumTests = 64;

    /// <summary>Gets the call alone, such as <c>f(3)</c>.</summary>
    public string Call => "f(" + string.Join(',', Arguments) + ")";

    /// <summary>Reads a test.</summary>
    /// <param name="text">The text, blanks allowed around it.</param>
    /// <param name="test">The test.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ProgramTest? test)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        int at = 0;
        test = Read(trimmed, ref at);
        if (test is not null && at < trimmed.Length)
        {
            test = null;
        }

        return test is not null;
    }

    /// <summary>Finds all tests in a text in order, such as the visible tests of a question; at most 64.</summary>
    /// <param name="text">Any text.</param>
    public static IReadOnlyList<ProgramTest> FindAll(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tests = new List<ProgramTest>();
        int from = 0;
        while (tests.Count < MaximumTests && (from = text.IndexOf("f(", from, StringComparison.Ordinal)) >= 0)
        {
            int at = from;
            if ((from == 0 || !char.IsAsciiLetterOrDigit(text[from - 1])) && Read(text, ref at) is { } test)
            {
                tests.Add(test);
                from = at;
            }
            else
            {
                from += 2;
            }
        }

        return tests;
    }

    /// <summary>Runs a program on the call.</summary>
    /// <param name="program">The program.</param>
    /// <param name="limits">Bounds, or null for the defaults.</param>
    public TestOutcome Check(MiniProgram program, ProgramLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        ProgramResult result = program.Run(Arguments, limits);
        return new TestOutcome(this, result.Value == Expected, result);
    }

    /// <summary>Writes the test as it is read.</summary>
    public override string ToString() => Call + "=" + Expected;

    private static ProgramTest? Read(string text, ref int at)
    {
        int end = Math.Min(text.Length, at + MaximumLength);
        if (!Take(text, end, ref at, 'f') || !Take(text, end, ref at, '('))
        {
            return null;
        }

        var arguments = new List<ProgramValue>();
        while (!Take(text, end, ref at, ')'))
        {
            if ((arguments.Count > 0 && !Take(text, end, ref at, ',')) || Value(text, end, ref at) is not { } argument)
            {
                return null;
            }

            arguments.Add(argument);
        }

        return Take(text, end, ref at, '=') && Value(text, end, ref at) is { } expected ? new ProgramTest(arguments, expected) : null;
    }

    private static ProgramValue? Value(string text, int end, ref int at)
    {
        if (!Take(text, end, ref at, '['))
        {
            return Integer(text, end, ref at) is { } integer ? new ProgramValue(integer) : null;
        }

        var items = new List<long>();
        while (!Take(text, end, ref at, ']'))
        {
            if ((items.Count > 0 && !Take(text, end, ref at, ',')) || Integer(text, end, ref at) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return ProgramValue.List([.. items]);
    }

    private static long? Integer(string text, int end, ref int at)
    {
        int start = at;
        int digits = at < end && text[at] == '-' ? at + 1 : at;
        at = digits;
        while (at < end && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at > digits && at - digits <= 12 ? long.Parse(text.AsSpan(start, at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null;
    }

    private static bool Take(string text, int end, ref int at, char wanted)
    {
        if (at >= end || text[at] != wanted)
        {
            return false;
        }

        at++;
        return true;
    }
}
