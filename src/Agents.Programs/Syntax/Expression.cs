namespace Agents.Programs.Syntax;

/// <summary>Node of an expression or a condition. Names are slots of the program's table of names.</summary>
internal abstract record Expression;

internal sealed record NumberExpression(long Value) : Expression;

internal sealed record NameExpression(int Slot) : Expression;

internal sealed record ListExpression(IReadOnlyList<Expression> Items) : Expression;

internal sealed record IndexExpression(Expression List, Expression Index) : Expression;

internal sealed record LengthExpression(Expression List) : Expression;

internal sealed record NegativeExpression(Expression Inner) : Expression;

internal sealed record BinaryExpression(Operator Operator, Expression Left, Expression Right) : Expression;
