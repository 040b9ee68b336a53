using System.Globalization;

namespace Agents.Programs.Syntax;

/// <summary>Recursive descent with a bound on nesting, so hostile sources cannot exhaust the stack. The first failure ends the parse.</summary>
internal sealed class Parser(List<Token> tokens)
{
    private const int MaximumNesting = 24;
    private const int MaximumParameters = 4;
    private readonly List<string> _names = [];
    private int _at;
    private int _line;
    private int _nesting;

    public ProgramFailure? Failure { get; private set; }

    public IReadOnlyList<string> Names => _names;

    public int Parameters { get; private set; }

    public int Lines => _line;

    private Token Current => tokens[_at];

    /// <summary>Parses header and body; null with <see cref="Failure"/> set.</summary>
    public IReadOnlyList<Statement>? Parse()
    {
        if (!Header())
        {
            return null;
        }

        List<Statement>? body = Statements();
        if (body is not null && Current.Kind != TokenKind.End)
        {
            Fail("expected a statement");
        }

        return Failure is null ? body : null;
    }

    private bool Header()
    {
        if (Current.Kind != TokenKind.Name || Current.Text != "f")
        {
            return Fail("expected a header such as f(n):");
        }

        _at++;
        if (!Expect("("))
        {
            return false;
        }

        while (!Current.Is(")"))
        {
            if (Parameters > 0 && !Expect(","))
            {
                return false;
            }

            if (Current.Kind != TokenKind.Name || _names.Contains(Current.Text) || Parameters == MaximumParameters)
            {
                return Fail($"expected at most {MaximumParameters} different parameters");
            }

            _names.Add(Current.Text);
            Parameters++;
            _at++;
        }

        return Expect(")") && Expect(":");
    }

    private List<Statement>? Statements()
    {
        var statements = new List<Statement>();
        while (true)
        {
            while (Current.Is(";"))
            {
                _at++;
            }

            if (Current.Kind == TokenKind.End || Current.Is("}"))
            {
                return statements;
            }

            Statement? statement = Statement();
            if (statement is null)
            {
                return null;
            }

            statements.Add(statement);
            if (statement is AssignStatement or ReturnStatement && !Current.Is(";") && !Current.Is("}") && Current.Kind != TokenKind.End)
            {
                Fail("expected ;");
                return null;
            }
        }
    }

    private Statement? Statement()
    {
        int line = ++_line;
        if (Current.Is("while") || Current.Is("if"))
        {
            return Controlled(line);
        }

        if (Current.Is("return"))
        {
            _at++;
            return Sum() is { } value ? new ReturnStatement(line, value) : null;
        }

        if (Current.Kind != TokenKind.Name)
        {
            Fail("expected a statement");
            return null;
        }

        int slot = Slot(Current.Text);
        _at++;
        return Expect("=") && Sum() is { } assigned ? new AssignStatement(line, slot, assigned) : null;
    }

    private Statement? Controlled(int line)
    {
        bool loops = Current.Is("while");
        _at++;
        Expression? condition = Condition();
        if (condition is null || !Expect(":") || Block() is not { } body)
        {
            return null;
        }

        if (loops)
        {
            return new WhileStatement(line, condition, body);
        }

        if (!Current.Is("else"))
        {
            return new IfStatement(line, condition, body, null);
        }

        _at++;
        return Expect(":") && Block() is { } otherwise ? new IfStatement(line, condition, body, otherwise) : null;
    }

    private List<Statement>? Block()
    {
        if (!Enter() || !Expect("{"))
        {
            return null;
        }

        List<Statement>? body = Statements();
        if (body is null || !Expect("}"))
        {
            return null;
        }

        _nesting--;
        return body;
    }

    private Expression? Condition() => Chain("or", () => Chain("and", Comparison, Operator.And), Operator.Or);

    private Expression? Chain(string word, Func<Expression?> part, Operator joined)
    {
        Expression? left = part();
        while (left is not null && Current.Is(word))
        {
            _at++;
            left = part() is { } right ? new BinaryExpression(joined, left, right) : null;
        }

        return left;
    }

    private Expression? Comparison()
    {
        if (Sum() is not { } left)
        {
            return null;
        }

        Operator? compared = Current.Kind != TokenKind.Symbol ? null : Current.Text switch
        {
            "<" => Operator.Less,
            "<=" => Operator.LessOrEqual,
            ">" => Operator.Greater,
            ">=" => Operator.GreaterOrEqual,
            "==" => Operator.Equal,
            "!=" => Operator.NotEqual,
            _ => null,
        };
        if (compared is null)
        {
            Fail("expected a comparison");
            return null;
        }

        _at++;
        return Sum() is { } right ? new BinaryExpression(compared.Value, left, right) : null;
    }

    private Expression? Sum()
    {
        Expression? left = Product();
        while (left is not null && (Current.Is("+") || Current.Is("-")))
        {
            Operator applied = Current.Is("+") ? Operator.Add : Operator.Subtract;
            _at++;
            left = Product() is { } right ? new BinaryExpression(applied, left, right) : null;
        }

        return left;
    }

    private Expression? Product()
    {
        Expression? left = Postfix();
        while (left is not null && (Current.Is("*") || Current.Is("/") || Current.Is("%")))
        {
            Operator applied = Current.Is("*") ? Operator.Multiply : Current.Is("/") ? Operator.Divide : Operator.Remainder;
            _at++;
            left = Postfix() is { } right ? new BinaryExpression(applied, left, right) : null;
        }

        return left;
    }

    private Expression? Postfix()
    {
        if (!Enter())
        {
            return null;
        }

        Expression? value = Primary();
        while (value is not null && Current.Is("["))
        {
            _at++;
            value = Sum() is { } index && Expect("]") ? new IndexExpression(value, index) : null;
        }

        _nesting--;
        return value;
    }

    private Expression? Primary()
    {
        Token token = Current;
        _at += token.Kind == TokenKind.End ? 0 : 1;
        if (token.Kind == TokenKind.Number)
        {
            return new NumberExpression(long.Parse(token.Text, CultureInfo.InvariantCulture));
        }

        if (token.Kind == TokenKind.Name)
        {
            return new NameExpression(Slot(token.Text));
        }

        if (token.Is("-"))
        {
            return Postfix() is { } negated ? new NegativeExpression(negated) : null;
        }

        if (token.Is("#"))
        {
            return Postfix() is { } measured ? new LengthExpression(measured) : null;
        }

        if (token.Is("("))
        {
            return Sum() is { } inner && Expect(")") ? inner : null;
        }

        if (token.Is("["))
        {
            return Items();
        }

        _at -= token.Kind == TokenKind.End ? 0 : 1;
        Fail("expected a value");
        return null;
    }

    private ListExpression? Items()
    {
        var items = new List<Expression>();
        while (!Current.Is("]"))
        {
            if ((items.Count > 0 && !Expect(",")) || Sum() is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        _at++;
        return new ListExpression(items);
    }

    private int Slot(string name)
    {
        int slot = _names.IndexOf(name);
        if (slot < 0)
        {
            slot = _names.Count;
            _names.Add(name);
        }

        return slot;
    }

    private bool Enter() => ++_nesting <= MaximumNesting || Fail($"nested deeper than {MaximumNesting}");

    private bool Expect(string symbol)
    {
        if (!Current.Is(symbol))
        {
            return Fail("expected " + symbol);
        }

        _at++;
        return true;
    }

    private bool Fail(string message)
    {
        Failure ??= ProgramFailure.Syntax(message, Current.Start);
        return false;
    }
}
