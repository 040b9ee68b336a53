using System.Globalization;

namespace Agents.Evaluation.Tasks.Programs;

/// <summary>
/// Runs programs of the mini language in process. Statements, separated by ';', are <c>x=expression</c>, <c>print e, e</c>,
/// <c>if e&lt;e: statement</c> (also &gt; and ==) and <c>repeat n: statement</c>; expressions are whole numbers, variables of one letter,
/// + - * with the usual precedence, and parentheses. Programs may come from a model: every failure is a value, steps are limited,
/// and nothing outside the run can be reached.
/// </summary>
public static class ProgramInterpreter
{
    /// <summary>How many statements a run may execute unless told otherwise.</summary>
    public const int DefaultStepLimit = 1000;

    private const int MaximumLength = 4096;

    /// <summary>Runs a program.</summary>
    /// <param name="source">The program, at most 4,096 characters.</param>
    /// <param name="stepLimit">How many statements may be executed.</param>
    public static ProgramRun Run(string source, int stepLimit = DefaultStepLimit) => Run(source, stepLimit, -1, 0);

    /// <summary>Runs a program in which one computed assignment goes wrong and the run continues from there.</summary>
    /// <param name="source">The program.</param>
    /// <param name="stepLimit">How many statements may be executed.</param>
    /// <param name="wrongAssignment">Index among the computed assignments, or -1.</param>
    /// <param name="error">What is added to its result.</param>
    internal static ProgramRun Run(string source, int stepLimit, int wrongAssignment, int error)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stepLimit);
        var machine = new Machine(stepLimit, wrongAssignment, error);
        string? failure = null;
        try
        {
            if (source.Length > MaximumLength)
            {
                throw new ProgramError($"the program has {source.Length} characters, at most {MaximumLength} are allowed");
            }

            foreach (string statement in source.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                machine.Execute(statement, 0);
            }
        }
        catch (ProgramError stop)
        {
            failure = stop.Message;
        }

        return new ProgramRun(machine.Output, machine.Trace, machine.Steps, failure);
    }

    /// <summary>State of one run.</summary>
    private sealed class Machine(int stepLimit, int wrongAssignment, int error)
    {
        private const int MaximumNesting = 8;
        private readonly Dictionary<char, long> _variables = [];
        private int _computed;

        public List<string> Output { get; } = [];

        public List<string> Trace { get; } = [];

        public int Steps { get; private set; }

        public void Execute(string statement, int nesting)
        {
            if (++Steps > stepLimit)
            {
                throw new ProgramError($"more than {stepLimit} steps");
            }

            if (nesting > MaximumNesting)
            {
                throw new ProgramError($"statements nested deeper than {MaximumNesting}");
            }

            int colon = statement.IndexOf(':', StringComparison.Ordinal);
            if (statement.StartsWith("print ", StringComparison.Ordinal))
            {
                foreach (string part in statement[6..].Split(','))
                {
                    Output.Add(Evaluate(part).ToString(CultureInfo.InvariantCulture));
                }
            }
            else if (colon > 0 && statement.StartsWith("if ", StringComparison.Ordinal))
            {
                if (Holds(statement[3..colon]))
                {
                    Execute(statement[(colon + 1)..].Trim(), nesting + 1);
                }
            }
            else if (colon > 0 && statement.StartsWith("repeat ", StringComparison.Ordinal))
            {
                long times = Evaluate(statement[7..colon]);
                for (long i = 0; i < times; i++)
                {
                    Execute(statement[(colon + 1)..].Trim(), nesting + 1);
                }
            }
            else
            {
                Assign(statement);
            }
        }

        private void Assign(string statement)
        {
            int equals = statement.IndexOf('=', StringComparison.Ordinal);
            string target = equals > 0 ? statement[..equals].Trim() : "";
            if (target.Length != 1 || target[0] is < 'a' or > 'z')
            {
                throw new ProgramError($"'{statement}' is no statement");
            }

            string source = statement[(equals + 1)..].Trim();
            var expression = new ProgramExpression(source, _variables);
            long value = expression.Evaluate();
            if (expression.IsComputed)
            {
                value += _computed++ == wrongAssignment ? error : 0;
                Trace.Add(FormattableString.Invariant($"{target}={expression.WithValues}={value}"));
            }

            _variables[target[0]] = value;
        }

        private long Evaluate(string source) => new ProgramExpression(source.Trim(), _variables).Evaluate();

        private bool Holds(string condition)
        {
            int at = condition.IndexOfAny(['<', '>', '=']);
            if (at < 0)
            {
                throw new ProgramError($"'{condition}' is no condition");
            }

            int end = condition[at] == '=' && at + 1 < condition.Length && condition[at + 1] == '=' ? at + 2 : at + 1;
            long left = Evaluate(condition[..at]);
            long right = Evaluate(condition[end..]);
            bool holds = condition[at] switch
            {
                '<' => left < right,
                '>' => left > right,
                _ => left == right,
            };
            Trace.Add(FormattableString.Invariant($"{left}{condition[at..end]}{right} {(holds ? "yes" : "no")}"));
            return holds;
        }
    }
}
