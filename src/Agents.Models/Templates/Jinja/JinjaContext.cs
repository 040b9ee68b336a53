using System.Globalization;
using System.Runtime.CompilerServices;

namespace Agents.Models.Templates.Jinja;

/// <summary>The budget of one rendering and the place where it stands. Not safe for concurrent use: one per rendering.</summary>
/// <param name="limits">What may be used.</param>
/// <param name="time">Clock of <c>strftime_now</c>.</param>
internal sealed class JinjaContext(JinjaLimits limits, TimeProvider time)
{
    private long _steps;
    private long _text;
    private int _depth;

    public JinjaLimits Limits => limits;

    public TimeProvider Time => time;

    /// <summary>The node under evaluation; errors carry its place.</summary>
    public JinjaPosition Position { get; set; }

    /// <summary>Counts work.</summary>
    public void Step(long count = 1)
    {
        _steps += count;
        if (_steps > limits.Steps)
        {
            throw Limit($"rendering takes more than {Number(limits.Steps)} steps");
        }
    }

    /// <summary>Counts characters that are looked at.</summary>
    public void Scan(int length) => Step(length >> 4);

    /// <summary>Goes one level deeper; also stops before the thread's stack ends.</summary>
    public void Enter()
    {
        if (++_depth > limits.Depth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Limit($"nesting is deeper than {Number(limits.Depth)} levels");
        }
    }

    /// <summary>Comes back from <see cref="Enter"/>.</summary>
    public void Leave() => _depth--;

    /// <summary>Counts a string before it is made.</summary>
    public void Make(long length)
    {
        CheckLength(length);
        _text += length;
        if (_text > limits.TotalText)
        {
            throw Limit($"the strings of the template have more than {Number(limits.TotalText)} characters together");
        }
    }

    /// <summary>Checks the length of a string that grows.</summary>
    public void CheckLength(long length)
    {
        if (length > limits.TextLength)
        {
            throw Limit($"a string has more than {Number(limits.TextLength)} characters");
        }
    }

    /// <summary>Counts a list or dictionary before it is made.</summary>
    public void MakeElements(long count)
    {
        if (count > limits.Elements)
        {
            throw Limit($"a list or dictionary has more than {Number(limits.Elements)} elements");
        }

        Step(count);
    }

    /// <summary>An error at the current place.</summary>
    public JinjaException Error(string message) => new(Position.Line, Position.Column, message);

    private JinjaLimitException Limit(string message) =>
        new(Position.Line, Position.Column, $"{message}; the template is damaged or hostile, or the conversation is too long for it.");

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
