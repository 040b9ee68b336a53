namespace Agents.Models.Templates.Jinja;

/// <summary>Runs the statements of a template. One per rendering.</summary>
/// <param name="context">Budget and place.</param>
internal sealed partial class JinjaEvaluator(JinjaContext context)
{
    private JinjaTextBuilder _output = new(context);

    /// <summary>Runs a whole template.</summary>
    /// <param name="body">Its statements.</param>
    /// <param name="variables">What the template sees.</param>
    /// <returns>The text, with marks.</returns>
    public JinjaText Run(IReadOnlyList<JinjaStatement> body, JinjaScope variables)
    {
        Execute(body, variables);
        return _output.Build();
    }

    private JinjaFlow Execute(IReadOnlyList<JinjaStatement> body, JinjaScope scope)
    {
        context.Enter();
        JinjaFlow flow = JinjaFlow.Normal;
        for (int i = 0; i < body.Count && flow == JinjaFlow.Normal; i++)
        {
            flow = Execute(body[i], scope);
        }

        context.Leave();
        return flow;
    }

    private JinjaFlow Execute(JinjaStatement statement, JinjaScope scope)
    {
        context.Position = statement.Position;
        context.Step();
        switch (statement)
        {
            case JinjaStatement.Output output:
                _output.Append(output.Text);
                return JinjaFlow.Normal;
            case JinjaStatement.Print print:
                JinjaValue printed = Evaluate(print.Value, scope);
                context.Position = print.Position;
                _output.Append(JinjaFormatting.ToText(context, printed));
                return JinjaFlow.Normal;
            case JinjaStatement.If condition:
                return Execute(Branch(condition, scope), scope);
            case JinjaStatement.For loop:
                ExecuteLoop(loop, scope);
                return JinjaFlow.Normal;
            case JinjaStatement.Set set:
                Assign(set.Target, Evaluate(set.Value, scope), scope);
                return JinjaFlow.Normal;
            case JinjaStatement.SetBlock set:
                JinjaText body = Capture(set.Body, new JinjaScope(scope));
                Assign(set.Target, set.Filter is null ? body : EvaluateFilter(set.Filter, scope, body), scope);
                return JinjaFlow.Normal;
            case JinjaStatement.Macro macro:
                scope.Set(macro.Identifier, MakeMacro(macro.Identifier, macro.Parameters, macro.Body, scope));
                return JinjaFlow.Normal;
            case JinjaStatement.CallBlock call:
                JinjaFunction caller = MakeMacro("caller", call.Parameters, call.Body, scope);
                _output.Append(JinjaFormatting.ToText(context, EvaluateCall(call.Call, scope, caller)));
                return JinjaFlow.Normal;
            case JinjaStatement.FilterBlock filter:
                JinjaText filtered = Capture(filter.Body, new JinjaScope(scope));
                _output.Append(JinjaFormatting.ToText(context, EvaluateFilter(filter.Filter, scope, filtered)));
                return JinjaFlow.Normal;
            case JinjaStatement.With with:
                JinjaScope inner = new(scope);
                foreach ((JinjaTarget target, JinjaExpression value) in with.Assignments)
                {
                    Assign(target, Evaluate(value, scope), inner);
                }

                return Execute(with.Body, inner);
            case JinjaStatement.Generation generation:
                JinjaText written = Capture(generation.Body, scope);
                AppendTarget(written);
                return JinjaFlow.Normal;
            default:
                return statement is JinjaStatement.Break ? JinjaFlow.Break : JinjaFlow.Continue;
        }
    }

    private IReadOnlyList<JinjaStatement> Branch(JinjaStatement.If condition, JinjaScope scope)
    {
        foreach ((JinjaExpression test, IReadOnlyList<JinjaStatement> body) in condition.Branches)
        {
            if (Evaluate(test, scope).IsTrue)
            {
                return body;
            }
        }

        return condition.Else;
    }

    private void ExecuteLoop(JinjaStatement.For statement, JinjaScope scope)
    {
        JinjaValue source = Evaluate(statement.Items, scope);
        context.Position = statement.Position;
        IReadOnlyList<JinjaValue> items = JinjaSequences.Items(context, source);
        if (statement.Condition is not null)
        {
            items = Filtered(statement, items, scope);
        }

        JinjaLoop loop = new(items);
        for (int i = 0; i < items.Count; i++)
        {
            context.Step();
            loop.Index = i;
            JinjaScope inner = new(scope);
            inner.Set("loop", loop);
            Assign(statement.Target, items[i], inner);
            if (Execute(statement.Body, inner) == JinjaFlow.Break)
            {
                break;
            }
        }

        if (items.Count == 0)
        {
            Execute(statement.Else, new JinjaScope(scope));
        }
    }

    private List<JinjaValue> Filtered(JinjaStatement.For statement, IReadOnlyList<JinjaValue> items, JinjaScope scope)
    {
        List<JinjaValue> kept = [];
        foreach (JinjaValue item in items)
        {
            JinjaScope inner = new(scope);
            Assign(statement.Target, item, inner);
            if (Evaluate(statement.Condition!, inner).IsTrue)
            {
                kept.Add(item);
            }
        }

        return kept;
    }

    private void Assign(JinjaTarget target, JinjaValue value, JinjaScope scope)
    {
        context.Position = target.Position;
        if (target.Parts.Count > 0)
        {
            IReadOnlyList<JinjaValue> items = JinjaSequences.Items(context, value);
            if (items.Count != target.Parts.Count)
            {
                throw context.Error($"{items.Count} elements cannot be taken apart into {target.Parts.Count} variables.");
            }

            for (int i = 0; i < items.Count; i++)
            {
                Assign(target.Parts[i], items[i], scope);
            }
        }
        else if (target.Attribute is null)
        {
            scope.Set(target.Identifier, value);
        }
        else if (scope.Find(target.Identifier) is JinjaNamespace attributes)
        {
            if (attributes.Attributes.Count >= context.Limits.Elements)
            {
                context.MakeElements((long)attributes.Attributes.Count + 1);
            }

            attributes.Attributes[target.Attribute] = value;
        }
        else
        {
            throw context.Error($"only attributes of a namespace can be set; '{target.Identifier}' is none.");
        }
    }

    private JinjaFunction MakeMacro(string name, IReadOnlyList<JinjaParameter> parameters, IReadOnlyList<JinjaStatement> body, JinjaScope scope) =>
        new(name, (_, arguments) =>
        {
            JinjaScope inner = new(scope);
            for (int i = 0; i < parameters.Count; i++)
            {
                JinjaParameter parameter = parameters[i];
                inner.Set(
                    parameter.Name,
                    arguments.Find(i, parameter.Name) ?? (parameter.Default is null ? new JinjaUndefined($"'{parameter.Name}'") : Evaluate(parameter.Default, inner)));
            }

            JinjaMap named = new();
            foreach ((string key, JinjaValue value) in arguments.Named)
            {
                if (key == "caller")
                {
                    inner.Set(key, value);
                }
                else if (parameters.All(parameter => parameter.Name != key))
                {
                    named.Set(key, value);
                }
            }

            inner.Set("varargs", new JinjaList([.. arguments.Positional.Skip(parameters.Count)], isTuple: true));
            inner.Set("kwargs", named);
            return Capture(body, inner);
        });

    /// <summary>Runs statements and returns what they print.</summary>
    private JinjaText Capture(IReadOnlyList<JinjaStatement> body, JinjaScope scope)
    {
        JinjaTextBuilder outer = _output;
        _output = new JinjaTextBuilder(context);
        Execute(body, scope);
        JinjaText text = _output.Build();
        _output = outer;
        return text;
    }

    private void AppendTarget(JinjaText text)
    {
        int start = 0;
        foreach (TextRun run in text.Runs)
        {
            _output.Append(text.Text.AsSpan(start, run.End - start), run.Marks | TextMarks.Target);
            start = run.End;
        }
    }
}
