using System.Globalization;
using System.Text;

namespace Agents.Programs.Syntax;

/// <summary>Writes syntax trees back: the canonical text without blanks, with as few parentheses as the grammar allows.</summary>
internal sealed class Printer(IReadOnlyList<string> names)
{
    private readonly StringBuilder _text = new();

    public static string Program(IReadOnlyList<string> names, int parameters, IReadOnlyList<Statement> body)
    {
        var printer = new Printer(names);
        printer._text.Append("f(").AppendJoin(',', names.Take(parameters)).Append("):");
        printer.Block(body);
        return printer._text.ToString();
    }

    /// <summary>The text of one line: an assignment, a return, or the test of a loop or branch.</summary>
    public static string Line(IReadOnlyList<string> names, Statement statement)
    {
        var printer = new Printer(names);
        printer.Head(statement);
        return printer._text.ToString();
    }

    private void Block(IReadOnlyList<Statement> statements)
    {
        for (int i = 0; i < statements.Count; i++)
        {
            Head(statements[i]);
            if (statements[i] is WhileStatement loop)
            {
                Braces(loop.Body);
            }
            else if (statements[i] is IfStatement branch)
            {
                Braces(branch.Then);
                if (branch.Otherwise is not null)
                {
                    _text.Append("else");
                    Braces(branch.Otherwise);
                }
            }
            else if (i + 1 < statements.Count)
            {
                _text.Append(';');
            }
        }
    }

    private void Braces(IReadOnlyList<Statement> body)
    {
        _text.Append(":{");
        Block(body);
        _text.Append('}');
    }

    private void Head(Statement statement)
    {
        switch (statement)
        {
            case AssignStatement assign:
                _text.Append(names[assign.Slot]).Append('=');
                Write(assign.Value, 0);
                break;
            case ReturnStatement end:
                _text.Append("return ");
                Write(end.Value, 0);
                break;
            case WhileStatement loop:
                _text.Append("while ");
                Write(loop.Condition, 0);
                break;
            case IfStatement branch:
                _text.Append("if ");
                Write(branch.Condition, 0);
                break;
        }
    }

    private void Write(Expression expression, int level)
    {
        switch (expression)
        {
            case NumberExpression number:
                _text.Append(number.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case NameExpression name:
                _text.Append(names[name.Slot]);
                break;
            case NegativeExpression negative:
                Prefix('-', negative.Inner, level);
                break;
            case LengthExpression length:
                Prefix('#', length.List, level);
                break;
            case IndexExpression index:
                Write(index.List, 7);
                _text.Append('[');
                Write(index.Index, 0);
                _text.Append(']');
                break;
            case ListExpression list:
                _text.Append('[');
                for (int i = 0; i < list.Items.Count; i++)
                {
                    _text.Append(i > 0 ? "," : "");
                    Write(list.Items[i], 0);
                }

                _text.Append(']');
                break;
            case BinaryExpression binary:
                Binary(binary, level);
                break;
        }
    }

    private void Prefix(char sign, Expression inner, int level)
    {
        // A prefix takes what is indexed after it too (#l[0] is the length of l[0]), so as the list of an index it needs parentheses.
        _text.Append(level > 6 ? "(" : "").Append(sign);
        Write(inner, 6);
        _text.Append(level > 6 ? ")" : "");
    }

    private void Binary(BinaryExpression binary, int level)
    {
        (int own, string sign) = binary.Operator switch
        {
            Operator.Or => (1, " or "),
            Operator.And => (2, " and "),
            Operator.Less => (3, "<"),
            Operator.LessOrEqual => (3, "<="),
            Operator.Greater => (3, ">"),
            Operator.GreaterOrEqual => (3, ">="),
            Operator.Equal => (3, "=="),
            Operator.NotEqual => (3, "!="),
            Operator.Add => (4, "+"),
            Operator.Subtract => (4, "-"),
            Operator.Multiply => (5, "*"),
            Operator.Divide => (5, "/"),
            _ => (5, "%"),
        };
        _text.Append(own < level ? "(" : "");
        Write(binary.Left, own);
        _text.Append(sign);
        Write(binary.Right, own + 1);
        _text.Append(own < level ? ")" : "");
    }
}
