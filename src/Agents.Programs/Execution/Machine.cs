using Agents.Programs.Syntax;

namespace Agents.Programs.Execution;

/// <summary>State of one run. Failures travel as a field, not as exceptions: mutated programs fail often.</summary>
internal sealed class Machine
{
    private readonly MiniProgram _program;
    private readonly ProgramLimits _limits;
    private readonly ILineObserver? _observer;
    private readonly ProgramValue?[] _variables;
    private ProgramFailure? _failure;
    private ProgramValue? _returned;
    private int _steps;

    public Machine(MiniProgram program, IReadOnlyList<ProgramValue> arguments, ProgramLimits limits, ILineObserver? observer)
    {
        _program = program;
        _limits = limits;
        _observer = observer;
        _variables = new ProgramValue?[program.Names.Count];
        for (int i = 0; i < arguments.Count; i++)
        {
            _variables[i] = arguments[i];
        }
    }

    public ProgramResult Run()
    {
        Execute(_program.Body);
        if (_returned is null && _failure is null)
        {
            _failure = new ProgramFailure(ProgramFailureKind.Call, "no return");
        }

        return new ProgramResult(_failure is null ? _returned : null, _failure, _steps);
    }

    /// <summary>Returns whether the run goes on after the statements.</summary>
    private bool Execute(IReadOnlyList<Statement> statements)
    {
        for (int i = 0; i < statements.Count; i++)
        {
            bool goes = statements[i] switch
            {
                AssignStatement assign => Assign(assign),
                WhileStatement loop => Loop(loop),
                IfStatement branch => Branch(branch),
                ReturnStatement end => Return(end),
                _ => true,
            };
            if (!goes)
            {
                return false;
            }
        }

        return true;
    }

    private bool Assign(AssignStatement assign)
    {
        if (!Step(1) || !Evaluate(assign.Value, out ProgramValue value))
        {
            return Stop(assign.Line);
        }

        _variables[assign.Slot] = value;
        _observer?.Done(assign.Line, _variables, null);
        return true;
    }

    private bool Return(ReturnStatement end)
    {
        if (!Step(1) || !Evaluate(end.Value, out ProgramValue value))
        {
            return Stop(end.Line);
        }

        _returned = value;
        _observer?.Done(end.Line, _variables, null);
        return false;
    }

    private bool Loop(WhileStatement loop)
    {
        while (true)
        {
            if (!Test(loop.Line, loop.Condition, out bool holds))
            {
                return false;
            }

            if (!holds)
            {
                return true;
            }

            if (!Execute(loop.Body))
            {
                return false;
            }
        }
    }

    private bool Branch(IfStatement branch) =>
        Test(branch.Line, branch.Condition, out bool holds)
        && (holds ? Execute(branch.Then) : branch.Otherwise is null || Execute(branch.Otherwise));

    private bool Test(int line, Expression condition, out bool holds)
    {
        if (!Step(1) || !Decide(condition, out holds))
        {
            holds = false;
            return Stop(line);
        }

        _observer?.Done(line, _variables, holds);
        return true;
    }

    private bool Decide(Expression condition, out bool holds)
    {
        holds = false;
        if (condition is not BinaryExpression binary)
        {
            return Fail(ProgramFailureKind.Type, "not a condition");
        }

        if (binary.Operator is Operator.And or Operator.Or)
        {
            if (!Decide(binary.Left, out holds))
            {
                return false;
            }

            return holds == (binary.Operator == Operator.Or) || Decide(binary.Right, out holds);
        }

        return Evaluate(binary.Left, out ProgramValue left) && Evaluate(binary.Right, out ProgramValue right)
            && Compare(binary.Operator, left, right, out holds);
    }

    private bool Compare(Operator compared, ProgramValue left, ProgramValue right, out bool holds)
    {
        holds = false;
        if (left.IsList != right.IsList || (left.IsList && compared is not (Operator.Equal or Operator.NotEqual)))
        {
            return Fail(ProgramFailureKind.Type, "list compared");
        }

        holds = compared switch
        {
            Operator.Less => left.Integer < right.Integer,
            Operator.LessOrEqual => left.Integer <= right.Integer,
            Operator.Greater => left.Integer > right.Integer,
            Operator.GreaterOrEqual => left.Integer >= right.Integer,
            Operator.Equal => left == right,
            _ => left != right,
        };
        return true;
    }

    private bool Evaluate(Expression expression, out ProgramValue value)
    {
        value = default;
        switch (expression)
        {
            case NumberExpression number:
                value = new ProgramValue(number.Value);
                return Math.Abs(number.Value) <= _limits.Integer || Fail(ProgramFailureKind.Limit, "integer too large");
            case NameExpression name:
                value = _variables[name.Slot].GetValueOrDefault();
                return _variables[name.Slot] is not null || Fail(ProgramFailureKind.Missing, $"{_program.Names[name.Slot]} has no value");
            case NegativeExpression negative:
                return Integer(negative.Inner, out long inner) && Accept(-(Int128)inner, out value);
            case LengthExpression length:
                return List(length.List, out value) && Accept(value.Items.Length, out value);
            case IndexExpression index:
                return List(index.List, out ProgramValue list) && Integer(index.Index, out long at) && Item(list, at, out value);
            case ListExpression items:
                return Items(items, out value);
            case BinaryExpression binary:
                return Evaluate(binary.Left, out ProgramValue left) && Evaluate(binary.Right, out ProgramValue right)
                    && (left.IsList || right.IsList ? Join(binary.Operator, left, right, out value) : Calculate(binary.Operator, left.Integer, right.Integer, out value));
            default:
                return Fail(ProgramFailureKind.Type, "not a value");
        }
    }

    private bool Items(ListExpression items, out ProgramValue value)
    {
        value = default;
        if (items.Items.Count > _limits.ListItems || !Step(items.Items.Count))
        {
            return Fail(ProgramFailureKind.Limit, "list too long");
        }

        var own = new long[items.Items.Count];
        for (int i = 0; i < own.Length; i++)
        {
            if (!Integer(items.Items[i], out own[i]))
            {
                return false;
            }
        }

        value = ProgramValue.Own(own);
        return true;
    }

    private bool Item(ProgramValue list, long at, out ProgramValue value)
    {
        value = default;
        if (at < 0 || at >= list.Items.Length)
        {
            return Fail(ProgramFailureKind.Missing, "index outside the list");
        }

        value = new ProgramValue(list.Items[(int)at]);
        return true;
    }

    private bool Join(Operator applied, ProgramValue left, ProgramValue right, out ProgramValue value)
    {
        value = default;
        if (applied != Operator.Add || !left.IsList || !right.IsList)
        {
            return Fail(ProgramFailureKind.Type, "list in a calculation");
        }

        int count = left.Items.Length + right.Items.Length;
        if (count > _limits.ListItems)
        {
            return Fail(ProgramFailureKind.Limit, "list too long");
        }

        if (!Step(count))
        {
            return false;
        }

        var own = new long[count];
        left.Items.CopyTo(own);
        right.Items.CopyTo(own.AsSpan(left.Items.Length));
        value = ProgramValue.Own(own);
        return true;
    }

    private bool Calculate(Operator applied, long left, long right, out ProgramValue value)
    {
        value = default;
        if (applied is Operator.Divide or Operator.Remainder && right == 0)
        {
            return Fail(ProgramFailureKind.Division, "division by zero");
        }

        // 128 bits hold the product of any two integers; arguments come from outside and may have any size.
        Int128 wide = left;
        bool corrects = right != 0 && wide % right != 0 && (left < 0) != (right < 0);
        Int128 result = applied switch
        {
            Operator.Add => wide + right,
            Operator.Subtract => wide - right,
            Operator.Multiply => wide * right,
            Operator.Divide => (wide / right) - (corrects ? 1 : 0),
            _ => (wide % right) + (corrects ? right : 0),
        };
        return Accept(result, out value);
    }

    private bool Accept(Int128 result, out ProgramValue value)
    {
        bool fits = Int128.Abs(result) <= _limits.Integer;
        value = fits ? new ProgramValue((long)result) : default;
        return fits || Fail(ProgramFailureKind.Limit, "integer too large");
    }

    private bool Integer(Expression expression, out long value)
    {
        bool known = Evaluate(expression, out ProgramValue any);
        value = any.Integer;
        return known && (!any.IsList || Fail(ProgramFailureKind.Type, "list where an integer is needed"));
    }

    private bool List(Expression expression, out ProgramValue value) =>
        Evaluate(expression, out value) && (value.IsList || Fail(ProgramFailureKind.Type, "integer where a list is needed"));

    private bool Step(int count)
    {
        _steps += count;
        return _steps <= _limits.Steps || Fail(ProgramFailureKind.Limit, "too many steps");
    }

    private bool Stop(int line)
    {
        _observer?.Failed(line, _variables);
        return false;
    }

    private bool Fail(ProgramFailureKind kind, string message)
    {
        _failure ??= new ProgramFailure(kind, message);
        return false;
    }
}
