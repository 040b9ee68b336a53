namespace Agents.Models.Templates.Jinja;

/// <summary>An expression of a parsed template. Immutable.</summary>
/// <param name="Position">Where it stands.</param>
internal abstract record JinjaExpression(JinjaPosition Position)
{
    internal sealed record Literal(JinjaPosition Position, JinjaValue Value) : JinjaExpression(Position);

    internal sealed record Name(JinjaPosition Position, string Identifier) : JinjaExpression(Position);

    internal sealed record Sequence(JinjaPosition Position, IReadOnlyList<JinjaExpression> Items, bool IsTuple) : JinjaExpression(Position);

    internal sealed record Map(JinjaPosition Position, IReadOnlyList<(JinjaExpression Key, JinjaExpression Value)> Entries) : JinjaExpression(Position);

    internal sealed record Attribute(JinjaPosition Position, JinjaExpression Target, string Identifier) : JinjaExpression(Position);

    internal sealed record Item(JinjaPosition Position, JinjaExpression Target, JinjaExpression Index) : JinjaExpression(Position);

    internal sealed record Slice(
        JinjaPosition Position, JinjaExpression Target, JinjaExpression? Start, JinjaExpression? Stop, JinjaExpression? Stride) : JinjaExpression(Position);

    internal sealed record Call(JinjaPosition Position, JinjaExpression Target, JinjaCallArguments Arguments) : JinjaExpression(Position);

    /// <param name="Position">Where it stands.</param>
    /// <param name="Target">The filtered value; null for the body of a block.</param>
    /// <param name="Identifier">Name of the filter.</param>
    /// <param name="Arguments">Its further arguments.</param>
    internal sealed record Filter(JinjaPosition Position, JinjaExpression? Target, string Identifier, JinjaCallArguments Arguments) : JinjaExpression(Position);

    internal sealed record Test(
        JinjaPosition Position, JinjaExpression Target, string Identifier, JinjaCallArguments Arguments, bool Negated) : JinjaExpression(Position);

    internal sealed record Unary(JinjaPosition Position, string Operator, JinjaExpression Operand) : JinjaExpression(Position);

    internal sealed record Binary(JinjaPosition Position, string Operator, JinjaExpression Left, JinjaExpression Right) : JinjaExpression(Position);

    internal sealed record Comparison(
        JinjaPosition Position, JinjaExpression First, IReadOnlyList<(string Operator, JinjaExpression Operand)> Rest) : JinjaExpression(Position);

    internal sealed record Conditional(
        JinjaPosition Position, JinjaExpression Condition, JinjaExpression WhenTrue, JinjaExpression? WhenFalse) : JinjaExpression(Position);
}
