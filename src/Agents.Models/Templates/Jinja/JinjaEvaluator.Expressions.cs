namespace Agents.Models.Templates.Jinja;

/// <summary>Evaluates expressions.</summary>
internal sealed partial class JinjaEvaluator
{
    private JinjaValue Evaluate(JinjaExpression expression, JinjaScope scope)
    {
        context.Position = expression.Position;
        context.Step();
        context.Enter();
        JinjaValue value = expression switch
        {
            JinjaExpression.Literal literal => literal.Value,
            JinjaExpression.Name name => scope.Find(name.Identifier) ?? JinjaGlobals.Find(name.Identifier) ?? new JinjaUndefined($"'{name.Identifier}'"),
            JinjaExpression.Sequence sequence => EvaluateSequence(sequence, scope),
            JinjaExpression.Map map => EvaluateMap(map, scope),
            JinjaExpression.Attribute attribute => EvaluateAttribute(attribute, scope),
            JinjaExpression.Item item => EvaluateItem(item, scope),
            JinjaExpression.Slice slice => EvaluateSlice(slice, scope),
            JinjaExpression.Call call => EvaluateCall(call, scope, caller: null),
            JinjaExpression.Filter filter => EvaluateFilter(filter, scope, body: null),
            JinjaExpression.Test test => EvaluateTest(test, scope),
            JinjaExpression.Unary unary => EvaluateUnary(unary, scope),
            JinjaExpression.Binary binary => EvaluateBinary(binary, scope),
            JinjaExpression.Comparison comparison => EvaluateComparison(comparison, scope),
            JinjaExpression.Conditional conditional => EvaluateConditional(conditional, scope),
            _ => throw context.Error($"the expression {expression.GetType().Name} is unknown."),
        };
        context.Leave();
        return value;
    }

    private JinjaList EvaluateSequence(JinjaExpression.Sequence sequence, JinjaScope scope)
    {
        context.MakeElements(sequence.Items.Count);
        JinjaValue[] items = new JinjaValue[sequence.Items.Count];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Evaluate(sequence.Items[i], scope);
        }

        return new JinjaList(items, sequence.IsTuple);
    }

    private JinjaMap EvaluateMap(JinjaExpression.Map map, JinjaScope scope)
    {
        context.MakeElements(map.Entries.Count);
        JinjaMap made = new();
        foreach ((JinjaExpression key, JinjaExpression value) in map.Entries)
        {
            JinjaValue name = Evaluate(key, scope);
            if (!JinjaKeyComparer.CanBeKey(name))
            {
                throw context.Error($"a value of type {name.TypeName} cannot be a key.");
            }

            made.Set(name, Evaluate(value, scope));
        }

        return made;
    }

    private JinjaValue EvaluateAttribute(JinjaExpression.Attribute attribute, JinjaScope scope)
    {
        JinjaValue target = Evaluate(attribute.Target, scope);
        context.Position = attribute.Position;
        return JinjaAttributes.Find(context, target, attribute.Identifier);
    }

    private JinjaValue EvaluateItem(JinjaExpression.Item item, JinjaScope scope)
    {
        JinjaValue target = Evaluate(item.Target, scope);
        JinjaValue index = Evaluate(item.Index, scope);
        context.Position = item.Position;
        return JinjaSequences.Item(context, target, index);
    }

    private JinjaValue EvaluateSlice(JinjaExpression.Slice slice, JinjaScope scope)
    {
        JinjaValue target = Evaluate(slice.Target, scope);
        JinjaValue? start = slice.Start is null ? null : Evaluate(slice.Start, scope);
        JinjaValue? stop = slice.Stop is null ? null : Evaluate(slice.Stop, scope);
        JinjaValue? stride = slice.Stride is null ? null : Evaluate(slice.Stride, scope);
        context.Position = slice.Position;
        return JinjaSequences.Slice(context, target, start, stop, stride);
    }

    private JinjaValue EvaluateCall(JinjaExpression.Call call, JinjaScope scope, JinjaFunction? caller)
    {
        JinjaValue target = Evaluate(call.Target, scope);
        if (target is not JinjaFunction function)
        {
            context.Position = call.Position;
            throw context.Error(target is JinjaUndefined missing ? JinjaOperators.Undefined(missing) : $"a value of type {target.TypeName} cannot be called.");
        }

        JinjaArguments arguments = EvaluateArguments(function.Name, [], call.Arguments, scope, caller);
        context.Position = call.Position;
        return function.Call(context, arguments);
    }

    private JinjaValue EvaluateFilter(JinjaExpression.Filter filter, JinjaScope scope, JinjaText? body)
    {
        JinjaValue value = filter.Target is null ? body!
            : body is not null && filter.Target is JinjaExpression.Filter inner ? EvaluateFilter(inner, scope, body)
            : Evaluate(filter.Target, scope);
        JinjaArguments arguments = EvaluateArguments(filter.Identifier, [value], filter.Arguments, scope, caller: null);
        context.Position = filter.Position;
        return JinjaFilters.Apply(context, filter.Identifier, arguments);
    }

    private JinjaArguments EvaluateArguments(
        string function, ReadOnlySpan<JinjaValue> first, JinjaCallArguments arguments, JinjaScope scope, JinjaFunction? caller)
    {
        List<JinjaValue> positional = [.. first];
        foreach (JinjaExpression argument in arguments.Positional)
        {
            positional.Add(Evaluate(argument, scope));
        }

        List<KeyValuePair<string, JinjaValue>> named = [];
        foreach ((string name, JinjaExpression argument) in arguments.Named)
        {
            named.Add(new(name, Evaluate(argument, scope)));
        }

        if (caller is not null)
        {
            named.Add(new("caller", caller));
        }

        return new JinjaArguments(function, positional, named);
    }

    private JinjaBoolean EvaluateTest(JinjaExpression.Test test, JinjaScope scope)
    {
        JinjaValue value = Evaluate(test.Target, scope);
        JinjaArguments arguments = EvaluateArguments(test.Identifier, [], test.Arguments, scope, caller: null);
        context.Position = test.Position;
        return JinjaBoolean.Of(JinjaTests.Apply(context, test.Identifier, value, arguments) != test.Negated);
    }

    private JinjaValue EvaluateUnary(JinjaExpression.Unary unary, JinjaScope scope)
    {
        JinjaValue operand = Evaluate(unary.Operand, scope);
        context.Position = unary.Position;
        return JinjaOperators.Negate(context, unary.Operator, operand);
    }

    /// <summary>"and" and "or" give one of their operands and look at the right one only when they must.</summary>
    private JinjaValue EvaluateBinary(JinjaExpression.Binary binary, JinjaScope scope)
    {
        JinjaValue left = Evaluate(binary.Left, scope);
        if (binary.Operator is "and" or "or")
        {
            return left.IsTrue == (binary.Operator == "or") ? left : Evaluate(binary.Right, scope);
        }

        JinjaValue right = Evaluate(binary.Right, scope);
        context.Position = binary.Position;
        return JinjaOperators.Apply(context, binary.Operator, left, right);
    }

    private JinjaBoolean EvaluateComparison(JinjaExpression.Comparison comparison, JinjaScope scope)
    {
        JinjaValue left = Evaluate(comparison.First, scope);
        foreach ((string symbol, JinjaExpression operand) in comparison.Rest)
        {
            JinjaValue right = Evaluate(operand, scope);
            context.Position = comparison.Position;
            if (!JinjaOperators.Compare(context, symbol, left, right))
            {
                return JinjaBoolean.Of(false);
            }

            left = right;
        }

        return JinjaBoolean.Of(true);
    }

    private JinjaValue EvaluateConditional(JinjaExpression.Conditional conditional, JinjaScope scope) =>
        Evaluate(conditional.Condition, scope).IsTrue ? Evaluate(conditional.WhenTrue, scope)
            : conditional.WhenFalse is null ? new JinjaUndefined("the other case of an inline if")
            : Evaluate(conditional.WhenFalse, scope);
}
