using System.Globalization;

namespace Agents.Models.Templates.Jinja;

/// <summary>
/// Parses expressions. From weakest to strongest: <c>a if b else c</c>, <c>or</c>, <c>and</c>, <c>not</c>, comparisons and <c>in</c>, <c>+ -</c>, <c>~</c>,
/// <c>* / // %</c>, <c>**</c>, sign, then calls, elements, filters and tests.
/// </summary>
/// <param name="reader">The elements.</param>
internal sealed class JinjaExpressionParser(JinjaTokenReader reader)
{
    public JinjaExpression Parse(bool allowsConditional = true)
    {
        reader.Enter();
        JinjaExpression expression = allowsConditional ? ParseConditional() : ParseOr();
        reader.Leave();
        return expression;
    }

    /// <summary>One expression, or several with commas between them as a tuple.</summary>
    public JinjaExpression ParseTuple(bool allowsConditional = true)
    {
        JinjaPosition position = reader.Position;
        JinjaExpression first = Parse(allowsConditional);
        if (!reader.Current.IsOperator(","))
        {
            return first;
        }

        List<JinjaExpression> items = [first];
        while (reader.TakeOperator(",") && !EndsTuple())
        {
            items.Add(Parse(allowsConditional));
        }

        return new JinjaExpression.Sequence(position, items, IsTuple: true);
    }

    public JinjaCallArguments ParseArguments()
    {
        reader.ExpectOperator("(");
        List<JinjaExpression> positional = [];
        List<(string, JinjaExpression)> named = [];
        while (!reader.Current.IsOperator(")"))
        {
            if (positional.Count + named.Count > 0)
            {
                reader.ExpectOperator(",");
                if (reader.Current.IsOperator(")"))
                {
                    break;
                }
            }

            if (reader.Current.IsOperator("*") || reader.Current.IsOperator("**"))
            {
                throw reader.Error("arguments taken from a list or dictionary are not supported.");
            }

            if (reader.Current.Kind == JinjaTokenKind.Name && reader.Following.IsOperator("="))
            {
                string name = reader.Take().Text;
                reader.Take();
                named.Add((name, Parse()));
            }
            else if (named.Count > 0)
            {
                throw reader.Error("an argument without name stands behind one with a name.");
            }
            else
            {
                positional.Add(Parse());
            }
        }

        reader.ExpectOperator(")");
        return new JinjaCallArguments(positional, named);
    }

    /// <summary>Filters of a block: <c>name(...)|name</c>.</summary>
    public JinjaExpression.Filter ParseFilterNames()
    {
        JinjaExpression.Filter filter = ParseFilter(null);
        while (reader.TakeOperator("|"))
        {
            filter = ParseFilter(filter);
        }

        return filter;
    }

    public JinjaExpression ParsePrimary()
    {
        JinjaToken token = reader.Current;
        switch (token.Kind)
        {
            case JinjaTokenKind.Name:
                reader.Take();
                return token.Text switch
                {
                    "true" or "True" => new JinjaExpression.Literal(token.Position, JinjaBoolean.Of(true)),
                    "false" or "False" => new JinjaExpression.Literal(token.Position, JinjaBoolean.Of(false)),
                    "none" or "None" => new JinjaExpression.Literal(token.Position, JinjaNone.Instance),
                    _ => new JinjaExpression.Name(token.Position, token.Text),
                };
            case JinjaTokenKind.Text:
                string text = string.Empty;
                while (reader.Current.Kind == JinjaTokenKind.Text)
                {
                    text += reader.Take().Text;
                }

                return new JinjaExpression.Literal(token.Position, new JinjaText(text));
            case JinjaTokenKind.Integer:
                reader.Take();
                return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long integer)
                    ? new JinjaExpression.Literal(token.Position, new JinjaInteger(integer))
                    : throw new JinjaSyntaxException(token.Position.Line, token.Position.Column, $"the number {token.Text} is too large.");
            case JinjaTokenKind.Float:
                reader.Take();
                return new JinjaExpression.Literal(token.Position, new JinjaFloat(double.Parse(token.Text, CultureInfo.InvariantCulture)));
            default:
                return token.IsOperator("(") ? ParseParentheses()
                    : token.IsOperator("[") ? ParseList()
                    : token.IsOperator("{") ? ParseMap()
                    : throw reader.Error($"found {token.Shown}; expected an expression.");
        }
    }

    private bool EndsTuple() =>
        reader.Current.Kind is JinjaTokenKind.BlockEnd or JinjaTokenKind.VariableEnd || reader.Current.IsOperator(")") || reader.Current.IsName("in");

    private JinjaExpression ParseConditional()
    {
        JinjaExpression expression = ParseOr();
        for (int depth = 1; reader.Current.IsName("if"); depth++)
        {
            reader.CheckDepth(depth);
            JinjaPosition position = reader.Take().Position;
            JinjaExpression condition = ParseOr();
            JinjaExpression? otherwise = reader.TakeName("else") ? Parse() : null;
            expression = new JinjaExpression.Conditional(position, condition, expression, otherwise);
        }

        return expression;
    }

    private JinjaExpression ParseOr() => ParseChain(ParseAnd, token => token.IsName("or"));

    private JinjaExpression ParseAnd() => ParseChain(ParseNot, token => token.IsName("and"));

    private JinjaExpression ParseNot()
    {
        if (!reader.Current.IsName("not"))
        {
            return ParseComparison();
        }

        reader.Enter();
        JinjaPosition position = reader.Take().Position;
        JinjaExpression operand = ParseNot();
        reader.Leave();
        return new JinjaExpression.Unary(position, "not", operand);
    }

    private JinjaExpression ParseComparison()
    {
        JinjaPosition position = reader.Position;
        JinjaExpression first = ParseSum();
        List<(string, JinjaExpression)> rest = [];
        while (true)
        {
            JinjaToken token = reader.Current;
            if (token.Kind == JinjaTokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
            {
                reader.Take();
                rest.Add((token.Text, ParseSum()));
            }
            else if (reader.TakeName("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (token.IsName("not") && reader.Following.IsName("in"))
            {
                reader.Take();
                reader.Take();
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new JinjaExpression.Comparison(position, first, rest);
            }
        }
    }

    private JinjaExpression ParseSum() => ParseChain(ParseConcatenation, token => token.IsOperator("+") || token.IsOperator("-"));

    private JinjaExpression ParseConcatenation() => ParseChain(ParseProduct, token => token.IsOperator("~"));

    private JinjaExpression ParseProduct() => ParseChain(ParsePower, token => token.Kind == JinjaTokenKind.Operator && token.Text is "*" or "/" or "//" or "%");

    private JinjaExpression ParsePower() => ParseChain(() => ParseUnary(), token => token.IsOperator("**"));

    /// <summary>A chain nests to the left, so its length counts as depth.</summary>
    private JinjaExpression ParseChain(Func<JinjaExpression> operand, Func<JinjaToken, bool> isOperator)
    {
        JinjaExpression left = operand();
        for (int depth = 1; isOperator(reader.Current); depth++)
        {
            reader.CheckDepth(depth);
            JinjaToken token = reader.Take();
            left = new JinjaExpression.Binary(token.Position, token.Text, left, operand());
        }

        return left;
    }

    private JinjaExpression ParseUnary(bool withFilters = true)
    {
        JinjaExpression expression;
        if (reader.Current.IsOperator("-") || reader.Current.IsOperator("+"))
        {
            reader.Enter();
            JinjaToken token = reader.Take();
            expression = new JinjaExpression.Unary(token.Position, token.Text, ParseUnary(withFilters: false));
            reader.Leave();
        }
        else
        {
            expression = ParsePrimary();
        }

        return ParsePostfix(expression, withFilters);
    }

    private JinjaExpression ParsePostfix(JinjaExpression expression, bool withFilters)
    {
        bool filtered = false;
        for (int depth = 1; ; depth++)
        {
            reader.CheckDepth(depth);
            JinjaToken token = reader.Current;
            if (token.IsOperator("("))
            {
                expression = new JinjaExpression.Call(token.Position, expression, ParseArguments());
            }
            else if (!filtered && token.IsOperator("."))
            {
                expression = ParseAttribute(expression);
            }
            else if (!filtered && token.IsOperator("["))
            {
                expression = ParseElement(expression);
            }
            else if (withFilters && reader.TakeOperator("|"))
            {
                filtered = true;
                expression = ParseFilter(expression);
            }
            else if (withFilters && token.IsName("is"))
            {
                filtered = true;
                expression = ParseTest(expression);
            }
            else
            {
                return expression;
            }
        }
    }

    private JinjaExpression ParseAttribute(JinjaExpression target)
    {
        JinjaPosition position = reader.Take().Position;
        if (reader.Current.Kind == JinjaTokenKind.Integer)
        {
            return new JinjaExpression.Item(position, target, ParsePrimary());
        }

        return new JinjaExpression.Attribute(position, target, reader.Expect(JinjaTokenKind.Name, "the name of an attribute").Text);
    }

    private JinjaExpression ParseElement(JinjaExpression target)
    {
        JinjaPosition position = reader.Take().Position;
        JinjaExpression? start = reader.Current.IsOperator(":") ? null : ParseTuple();
        if (!reader.TakeOperator(":"))
        {
            reader.ExpectOperator("]");
            return new JinjaExpression.Item(position, target, start!);
        }

        JinjaExpression? stop = reader.Current.IsOperator(":") || reader.Current.IsOperator("]") ? null : Parse();
        JinjaExpression? stride = reader.TakeOperator(":") && !reader.Current.IsOperator("]") ? Parse() : null;
        reader.ExpectOperator("]");
        return new JinjaExpression.Slice(position, target, start, stop, stride);
    }

    private JinjaExpression.Filter ParseFilter(JinjaExpression? target)
    {
        JinjaToken name = reader.Expect(JinjaTokenKind.Name, "the name of a filter");
        if (!JinjaFilters.IsKnown(name.Text))
        {
            throw new JinjaSyntaxException(name.Position.Line, name.Position.Column, $"the filter '{name.Text}' is unknown.");
        }

        JinjaCallArguments arguments = reader.Current.IsOperator("(") ? ParseArguments() : JinjaCallArguments.None;
        return new JinjaExpression.Filter(name.Position, target, name.Text, arguments);
    }

    private JinjaExpression.Test ParseTest(JinjaExpression target)
    {
        JinjaPosition position = reader.Take().Position;
        bool negated = reader.TakeName("not");
        JinjaToken name = reader.Expect(JinjaTokenKind.Name, "the name of a test");
        if (!JinjaTests.IsKnown(name.Text))
        {
            throw new JinjaSyntaxException(name.Position.Line, name.Position.Column, $"the test '{name.Text}' is unknown.");
        }

        JinjaCallArguments arguments = JinjaCallArguments.None;
        if (reader.Current.IsOperator("("))
        {
            arguments = ParseArguments();
        }
        else if (StartsArgument(reader.Current))
        {
            arguments = new JinjaCallArguments([ParsePostfix(ParsePrimary(), withFilters: false)], []);
        }

        return new JinjaExpression.Test(position, target, name.Text, arguments, negated);
    }

    private static bool StartsArgument(JinjaToken token) => token.Kind switch
    {
        JinjaTokenKind.Text or JinjaTokenKind.Integer or JinjaTokenKind.Float => true,
        JinjaTokenKind.Name => token.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not" or "recursive"),
        _ => token.IsOperator("[") || token.IsOperator("{"),
    };

    private JinjaExpression ParseParentheses()
    {
        JinjaPosition position = reader.Take().Position;
        if (reader.TakeOperator(")"))
        {
            return new JinjaExpression.Sequence(position, [], IsTuple: true);
        }

        JinjaExpression inside = ParseTuple();
        reader.ExpectOperator(")");
        return inside;
    }

    private JinjaExpression.Sequence ParseList()
    {
        JinjaPosition position = reader.Take().Position;
        List<JinjaExpression> items = [];
        while (!reader.TakeOperator("]"))
        {
            if (items.Count > 0)
            {
                reader.ExpectOperator(",");
                if (reader.TakeOperator("]"))
                {
                    break;
                }
            }

            items.Add(Parse());
        }

        return new JinjaExpression.Sequence(position, items, IsTuple: false);
    }

    private JinjaExpression.Map ParseMap()
    {
        JinjaPosition position = reader.Take().Position;
        List<(JinjaExpression, JinjaExpression)> entries = [];
        while (!reader.TakeOperator("}"))
        {
            if (entries.Count > 0)
            {
                reader.ExpectOperator(",");
                if (reader.TakeOperator("}"))
                {
                    break;
                }
            }

            JinjaExpression key = Parse();
            reader.ExpectOperator(":");
            entries.Add((key, Parse()));
        }

        return new JinjaExpression.Map(position, entries);
    }
}
