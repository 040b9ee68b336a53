namespace Agents.Programs.Syntax;

/// <summary>A statement. Its line is its number in reading order from 1: the canonical layout has one statement or test per line.</summary>
internal abstract record Statement(int Line);

internal sealed record AssignStatement(int Line, int Slot, Expression Value) : Statement(Line);

internal sealed record WhileStatement(int Line, Expression Condition, IReadOnlyList<Statement> Body) : Statement(Line);

internal sealed record IfStatement(int Line, Expression Condition, IReadOnlyList<Statement> Then, IReadOnlyList<Statement>? Otherwise) : Statement(Line);

internal sealed record ReturnStatement(int Line, Expression Value) : Statement(Line);
