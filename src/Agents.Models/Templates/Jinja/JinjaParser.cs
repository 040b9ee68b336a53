namespace Agents.Models.Templates.Jinja;

/// <summary>Parses statements into an immutable tree.</summary>
internal sealed class JinjaParser
{
    private static readonly string[] _foreign = ["include", "import", "from", "extends", "block", "do", "autoescape", "trans", "debug"];
    private readonly JinjaTokenReader _reader;
    private readonly JinjaExpressionParser _expressions;
    private int _loops;

    private JinjaParser(JinjaTokenReader reader)
    {
        _reader = reader;
        _expressions = new JinjaExpressionParser(reader);
    }

    /// <summary>Whether the template marks what the assistant writes with generation tags.</summary>
    public bool HasGeneration { get; private set; }

    /// <summary>Parses a whole template.</summary>
    /// <exception cref="JinjaSyntaxException">The text is no template of the supported subset.</exception>
    /// <exception cref="JinjaLimitException">The nesting is too deep.</exception>
    public static IReadOnlyList<JinjaStatement> Parse(string source, JinjaLimits limits, out bool hasGeneration)
    {
        JinjaParser parser = new(new JinjaTokenReader(JinjaLexer.Read(source), limits.Depth));
        IReadOnlyList<JinjaStatement> body = parser.ParseBody([], "the template");
        hasGeneration = parser.HasGeneration;
        return body;
    }

    /// <summary>Statements up to a block tag with one of the names, which stays the current one; its begin is taken.</summary>
    private List<JinjaStatement> ParseBody(ReadOnlySpan<string> ends, string owner)
    {
        _reader.Enter();
        JinjaPosition start = _reader.Position;
        List<JinjaStatement> body = [];
        while (true)
        {
            JinjaToken token = _reader.Take();
            switch (token.Kind)
            {
                case JinjaTokenKind.Data:
                    body.Add(new JinjaStatement.Output(token.Position, new JinjaText(token.Text)));
                    break;
                case JinjaTokenKind.VariableBegin:
                    body.Add(new JinjaStatement.Print(token.Position, _expressions.ParseTuple()));
                    _reader.Expect(JinjaTokenKind.VariableEnd, "'}}'");
                    break;
                case JinjaTokenKind.End when ends.Length == 0:
                    _reader.Leave();
                    return body;
                case JinjaTokenKind.End:
                    throw new JinjaSyntaxException(start.Line, start.Column, $"{owner} has no end; expected '{ends[^1]}'.");
                default:
                    if (_reader.Current.Kind == JinjaTokenKind.Name && ends.Contains(_reader.Current.Text))
                    {
                        _reader.Leave();
                        return body;
                    }

                    body.Add(ParseStatement());
                    break;
            }
        }
    }

    private JinjaStatement ParseStatement()
    {
        JinjaToken name = _reader.Expect(JinjaTokenKind.Name, "the name of a statement");
        switch (name.Text)
        {
            case "if":
                return ParseIf(name.Position);
            case "for":
                return ParseFor(name.Position);
            case "set":
                return ParseSet(name.Position);
            case "macro":
                return ParseMacro(name.Position);
            case "call":
                return ParseCall(name.Position);
            case "filter":
                JinjaExpression.Filter filter = _expressions.ParseFilterNames();
                return new JinjaStatement.FilterBlock(name.Position, filter, ParseBlock("endfilter", "the filter block"));
            case "with":
                return ParseWith(name.Position);
            case "generation":
                HasGeneration = true;
                return new JinjaStatement.Generation(name.Position, ParseBlock("endgeneration", "the generation block"));
            case "break" or "continue" when _loops > 0:
                EndBlock();
                return name.Text == "break" ? new JinjaStatement.Break(name.Position) : new JinjaStatement.Continue(name.Position);
            default:
                string reason = _foreign.Contains(name.Text) ? "is not supported in chat templates" : "has no meaning here";
                throw new JinjaSyntaxException(name.Position.Line, name.Position.Column, $"the statement '{name.Text}' {reason}.");
        }
    }

    private void EndBlock() => _reader.Expect(JinjaTokenKind.BlockEnd, "'%}'");

    /// <summary>The rest of an opening tag, a body, and its closing tag.</summary>
    private List<JinjaStatement> ParseBlock(string end, string owner)
    {
        EndBlock();
        List<JinjaStatement> body = ParseBody([end], owner);
        _reader.Take();
        EndBlock();
        return body;
    }

    private JinjaStatement.If ParseIf(JinjaPosition position)
    {
        List<(JinjaExpression, IReadOnlyList<JinjaStatement>)> branches = [];
        IReadOnlyList<JinjaStatement> otherwise = [];
        string ending = "if";
        while (ending != "endif")
        {
            JinjaExpression? condition = ending == "else" ? null : _expressions.ParseTuple(allowsConditional: false);
            EndBlock();
            List<JinjaStatement> body = condition is null
                ? ParseBody(["endif"], "the if block")
                : ParseBody(["elif", "else", "endif"], "the if block");
            if (condition is null)
            {
                otherwise = body;
            }
            else
            {
                branches.Add((condition, body));
            }

            ending = _reader.Take().Text;
        }

        EndBlock();
        return new JinjaStatement.If(position, branches, otherwise);
    }

    private JinjaStatement.For ParseFor(JinjaPosition position)
    {
        JinjaTarget target = ParseTarget(allowsNamespace: false);
        if (!_reader.TakeName("in"))
        {
            throw _reader.Error($"found {_reader.Current.Shown}; expected 'in'.");
        }

        JinjaExpression items = _expressions.ParseTuple(allowsConditional: false);
        JinjaExpression? condition = _reader.TakeName("if") ? _expressions.Parse() : null;
        if (_reader.Current.IsName("recursive"))
        {
            throw _reader.Error("recursive loops are not supported.");
        }

        EndBlock();
        _loops++;
        List<JinjaStatement> body = ParseBody(["else", "endfor"], "the for loop");
        _loops--;
        IReadOnlyList<JinjaStatement> otherwise = [];
        if (_reader.Take().Text == "else")
        {
            otherwise = ParseBlock("endfor", "the for loop");
            return new JinjaStatement.For(position, target, items, condition, body, otherwise);
        }

        EndBlock();
        return new JinjaStatement.For(position, target, items, condition, body, otherwise);
    }

    private JinjaStatement ParseSet(JinjaPosition position)
    {
        JinjaTarget target = ParseTarget(allowsNamespace: true);
        if (_reader.TakeOperator("="))
        {
            JinjaExpression value = _expressions.ParseTuple();
            EndBlock();
            return new JinjaStatement.Set(position, target, value);
        }

        JinjaExpression.Filter? filter = _reader.TakeOperator("|") ? _expressions.ParseFilterNames() : null;
        return new JinjaStatement.SetBlock(position, target, filter, ParseBlock("endset", "the set block"));
    }

    private JinjaStatement.Macro ParseMacro(JinjaPosition position)
    {
        string name = _reader.Expect(JinjaTokenKind.Name, "the name of the macro").Text;
        List<JinjaParameter> parameters = ParseParameters();
        return new JinjaStatement.Macro(position, name, parameters, ParseOutsideLoops("endmacro", "the macro"));
    }

    private JinjaStatement.CallBlock ParseCall(JinjaPosition position)
    {
        List<JinjaParameter> parameters = _reader.Current.IsOperator("(") ? ParseParameters() : [];
        JinjaExpression called = _expressions.Parse();
        return called is JinjaExpression.Call call
            ? new JinjaStatement.CallBlock(position, call, parameters, ParseOutsideLoops("endcall", "the call block"))
            : throw new JinjaSyntaxException(position.Line, position.Column, "a call block needs a call.");
    }

    /// <summary>A body whose break and continue cannot reach a loop around it.</summary>
    private List<JinjaStatement> ParseOutsideLoops(string end, string owner)
    {
        int loops = _loops;
        _loops = 0;
        List<JinjaStatement> body = ParseBlock(end, owner);
        _loops = loops;
        return body;
    }

    private JinjaStatement.With ParseWith(JinjaPosition position)
    {
        List<(JinjaTarget, JinjaExpression)> assignments = [];
        while (_reader.Current.Kind != JinjaTokenKind.BlockEnd)
        {
            if (assignments.Count > 0)
            {
                _reader.ExpectOperator(",");
            }

            JinjaTarget target = ParseSingleTarget(allowsNamespace: false);
            _reader.ExpectOperator("=");
            assignments.Add((target, _expressions.Parse()));
        }

        return new JinjaStatement.With(position, assignments, ParseBlock("endwith", "the with block"));
    }

    private List<JinjaParameter> ParseParameters()
    {
        List<JinjaParameter> parameters = [];
        _reader.ExpectOperator("(");
        while (!_reader.TakeOperator(")"))
        {
            if (parameters.Count > 0)
            {
                _reader.ExpectOperator(",");
            }

            string name = _reader.Expect(JinjaTokenKind.Name, "the name of a parameter").Text;
            parameters.Add(new JinjaParameter(name, _reader.TakeOperator("=") ? _expressions.Parse() : null));
        }

        return parameters;
    }

    private JinjaTarget ParseTarget(bool allowsNamespace)
    {
        JinjaTarget first = ParseSingleTarget(allowsNamespace);
        if (!_reader.Current.IsOperator(","))
        {
            return first;
        }

        List<JinjaTarget> parts = [first];
        while (_reader.TakeOperator(",") && (_reader.Current.Kind == JinjaTokenKind.Name || _reader.Current.IsOperator("(")) && !_reader.Current.IsName("in"))
        {
            parts.Add(ParseSingleTarget(allowsNamespace));
        }

        return new JinjaTarget(first.Position, string.Empty, null, parts);
    }

    private JinjaTarget ParseSingleTarget(bool allowsNamespace)
    {
        if (_reader.TakeOperator("("))
        {
            _reader.Enter();
            JinjaTarget inside = ParseTarget(allowsNamespace);
            _reader.ExpectOperator(")");
            _reader.Leave();
            return inside;
        }

        JinjaToken name = _reader.Expect(JinjaTokenKind.Name, "the name of a variable");
        if (name.Text is "true" or "false" or "none" or "True" or "False" or "None" || (name.Text == "loop" && !allowsNamespace))
        {
            throw new JinjaSyntaxException(name.Position.Line, name.Position.Column, $"'{name.Text}' cannot be set.");
        }

        string? attribute = allowsNamespace && _reader.TakeOperator(".")
            ? _reader.Expect(JinjaTokenKind.Name, "the name of an attribute").Text
            : null;
        return new JinjaTarget(name.Position, name.Text, attribute, []);
    }
}
