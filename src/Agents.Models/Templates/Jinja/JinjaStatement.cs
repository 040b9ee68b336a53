namespace Agents.Models.Templates.Jinja;

/// <summary>A statement of a parsed template. Immutable.</summary>
/// <param name="Position">Where it stands.</param>
internal abstract record JinjaStatement(JinjaPosition Position)
{
    internal sealed record Output(JinjaPosition Position, JinjaText Text) : JinjaStatement(Position);

    internal sealed record Print(JinjaPosition Position, JinjaExpression Value) : JinjaStatement(Position);

    internal sealed record If(
        JinjaPosition Position, IReadOnlyList<(JinjaExpression Condition, IReadOnlyList<JinjaStatement> Body)> Branches, IReadOnlyList<JinjaStatement> Else)
        : JinjaStatement(Position);

    internal sealed record For(
        JinjaPosition Position,
        JinjaTarget Target,
        JinjaExpression Items,
        JinjaExpression? Condition,
        IReadOnlyList<JinjaStatement> Body,
        IReadOnlyList<JinjaStatement> Else) : JinjaStatement(Position);

    internal sealed record Set(JinjaPosition Position, JinjaTarget Target, JinjaExpression Value) : JinjaStatement(Position);

    internal sealed record SetBlock(JinjaPosition Position, JinjaTarget Target, JinjaExpression.Filter? Filter, IReadOnlyList<JinjaStatement> Body)
        : JinjaStatement(Position);

    internal sealed record Macro(JinjaPosition Position, string Identifier, IReadOnlyList<JinjaParameter> Parameters, IReadOnlyList<JinjaStatement> Body)
        : JinjaStatement(Position);

    internal sealed record CallBlock(
        JinjaPosition Position, JinjaExpression.Call Call, IReadOnlyList<JinjaParameter> Parameters, IReadOnlyList<JinjaStatement> Body) : JinjaStatement(Position);

    internal sealed record FilterBlock(JinjaPosition Position, JinjaExpression.Filter Filter, IReadOnlyList<JinjaStatement> Body) : JinjaStatement(Position);

    internal sealed record With(
        JinjaPosition Position, IReadOnlyList<(JinjaTarget Target, JinjaExpression Value)> Assignments, IReadOnlyList<JinjaStatement> Body)
        : JinjaStatement(Position);

    internal sealed record Generation(JinjaPosition Position, IReadOnlyList<JinjaStatement> Body) : JinjaStatement(Position);

    internal sealed record Break(JinjaPosition Position) : JinjaStatement(Position);

    internal sealed record Continue(JinjaPosition Position) : JinjaStatement(Position);
}
