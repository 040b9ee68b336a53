using System.Runtime.CompilerServices;

namespace Agents.Models.Templates.Jinja;

/// <summary>Goes through the elements of a template and watches the depth of nesting.</summary>
/// <param name="tokens">The elements; the last is the end.</param>
/// <param name="maximumDepth">Deepest nesting.</param>
internal sealed class JinjaTokenReader(IReadOnlyList<JinjaToken> tokens, int maximumDepth)
{
    private int _at;
    private int _depth;

    public JinjaToken Current => tokens[_at];

    public JinjaToken Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public JinjaPosition Position => Current.Position;

    public JinjaToken Take()
    {
        JinjaToken token = Current;
        if (token.Kind != JinjaTokenKind.End)
        {
            _at++;
        }

        return token;
    }

    public bool TakeOperator(string text) => TakeIf(Current.IsOperator(text));

    public bool TakeName(string text) => TakeIf(Current.IsName(text));

    public void ExpectOperator(string text)
    {
        if (!TakeOperator(text))
        {
            throw Error($"found {Current.Shown}; expected '{text}'.");
        }
    }

    public JinjaToken Expect(JinjaTokenKind kind, string what) => Current.Kind == kind ? Take() : throw Error($"found {Current.Shown}; expected {what}.");

    public void Enter() => CheckDepth(++_depth);

    public void Leave() => _depth--;

    /// <summary>Refuses a nesting that is too deep.</summary>
    public void CheckDepth(int depth)
    {
        if (depth > maximumDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaLimitException(Position.Line, Position.Column, $"nesting is deeper than {maximumDepth} levels; the template is damaged or hostile.");
        }
    }

    public JinjaSyntaxException Error(string message) => new(Position.Line, Position.Column, message);

    private bool TakeIf(bool condition)
    {
        if (condition)
        {
            _at++;
        }

        return condition;
    }
}
