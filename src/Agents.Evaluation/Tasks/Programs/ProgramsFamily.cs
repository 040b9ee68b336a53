using System.Globalization;

namespace Agents.Evaluation.Tasks.Programs;

/// <summary>
/// Small programs of a mini language: what do they print, or which operator is missing. Printed values are the slots.
/// </summary>
/// <remarks>
/// Sample: question <c>run: a=3; b=a+4; a=b*2; print a, b</c>, solution <c>b=3+4=7⏎a=7*2=14⏎answer: 14, 7</c>; completion: question
/// <c>fill ?: a=3; b=a?4; print b gives 12</c>, solution <c>plus gives 7⏎minus gives -1⏎times gives 12⏎answer: times</c>. A missing operator is
/// always unique. Content that decides the split: the program.
/// </remarks>
public sealed class ProgramsFamily : GeneratedTaskFamily<ProgramPlan>
{
    private const string Operators = "+-*";
    private const int StepLimit = 64;
    private readonly ProgramsOptions _options;

    /// <summary>Creates the family.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Settings are out of range; the message lists all.</exception>
    public ProgramsFamily(ProgramsOptions? options = null)
        : base("program", (options ?? new ProgramsOptions()).Difficulty, (options ?? new ProgramsOptions()).HeldOutDifficulty)
    {
        _options = options ?? new ProgramsOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    protected override ProgramPlan Draw(int difficulty, ref SampleStream stream)
    {
        bool completes = stream.Chance(_options.CompletionShare);
        while (true)
        {
            List<string> statements = ProgramDraws.Statements(difficulty, completes, ref stream);
            ProgramRun run = ProgramInterpreter.Run(string.Join("; ", statements), StepLimit);
            if (run.Error is not null || run.Trace.Count == 0 || !InRange(run))
            {
                continue;
            }

            if (!completes)
            {
                return new ProgramPlan(statements, -1, '\0');
            }

            int hole = stream.Between(0, statements.Count - 2);
            int at = statements[hole].IndexOfAny(['+', '-', '*'], 2);
            if (at < 0)
            {
                continue;
            }

            var plan = new ProgramPlan(statements, hole, statements[hole][at]);
            if (Operators.Count(candidate => Fill(plan, candidate).OutputText == run.OutputText) == 1)
            {
                return plan;
            }
        }
    }

    /// <inheritdoc/>
    protected override string Content(ProgramPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Source;
    }

    /// <inheritdoc/>
    protected override TaskDraft Write(ProgramPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ProgramRun run = ProgramInterpreter.Run(plan.Source, StepLimit);
        if (plan.Hole < 0)
        {
            return new TaskDraft(plan.Statements.Any(ProgramDraws.IsControl) ? "control" : "straight", "run: " + plan.Source, Finish(run), [.. plan.Statements.SkipLast(1), "ask " + plan.Statements[^1]]);
        }

        string[] shown = [.. plan.Statements];
        shown[plan.Hole] = shown[plan.Hole][..2] + shown[plan.Hole][2..].Replace(plan.Operator, '?');
        string question = "fill ?: " + string.Join("; ", shown) + " gives " + run.OutputText;
        return new TaskDraft("completion", question, Complete(plan, plan.Operator), [.. shown[..^1], "ask ? so " + shown[^1] + " gives " + run.OutputText]);
    }

    /// <inheritdoc/>
    protected override CorruptedSolution Corrupt(ProgramPlan plan, TaskSolution right, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(right);
        if (plan.Hole >= 0)
        {
            char wrong = stream.PickOther(Operators.ToCharArray(), plan.Operator);
            return new(Complete(plan, wrong), CorruptionKind.WrongOperation, Operators.IndexOf(wrong, StringComparison.Ordinal));
        }

        int[] errors = [-10, -2, -1, 1, 2, 10];
        List<string> statements = [.. plan.Statements];
        int at = stream.NextInt(statements.Count - 1);
        CorruptionKind kind;
        switch (stream.NextInt(4))
        {
            case 0:
                statements.RemoveAt(at);
                kind = CorruptionKind.SkippedStep;
                break;
            case 1:
                int sign = statements[at].IndexOfAny(['+', '-', '*'], 2);
                if (sign < 0)
                {
                    goto default;
                }

                char other = stream.PickOther(Operators.ToCharArray(), statements[at][sign]);
                statements[at] = statements[at][..sign] + other + statements[at][(sign + 1)..];
                kind = CorruptionKind.WrongOperation;
                break;
            case 2:
                // One slot goes wrong on the way to the paper; the trace stays right.
                string[] slots = [.. right.Slots];
                int slot = stream.NextInt(slots.Length);
                slots[slot] = (int.Parse(slots[slot], CultureInfo.InvariantCulture) + stream.Pick(errors)).ToString(CultureInfo.InvariantCulture);
                return new(TaskSolution.Of(right.Steps, slots), CorruptionKind.WrongSlot, slot);
            default:
                ProgramRun disturbed = ProgramInterpreter.Run(plan.Source, StepLimit, stream.NextInt(right.Steps.Count), stream.Pick(errors));
                return new(Finish(disturbed), CorruptionKind.WrongResult, at);
        }

        ProgramRun run = ProgramInterpreter.Run(string.Join("; ", statements), StepLimit);

        // A variable that lost its only assignment ends the run; such a draw counts as right and is repeated.
        return run.Error is null ? new(Finish(run), kind, at) : new(right, CorruptionKind.None, 0);
    }

    private static TaskSolution Finish(ProgramRun run) => TaskSolution.Of(run.Trace, run.Output);

    private static string Word(char sign) => sign switch
    {
        '+' => "plus",
        '-' => "minus",
        _ => "times",
    };

    private static ProgramRun Fill(ProgramPlan plan, char candidate)
    {
        string[] filled = [.. plan.Statements];
        filled[plan.Hole] = filled[plan.Hole][..2] + filled[plan.Hole][2..].Replace(plan.Operator, candidate);
        return ProgramInterpreter.Run(string.Join("; ", filled), StepLimit);
    }

    /// <summary>The solution of a completion; a wrong choice comes with its trial line bent to the wanted output.</summary>
    private static TaskSolution Complete(ProgramPlan plan, char chosen)
    {
        string wanted = Fill(plan, plan.Operator).OutputText;
        var lines = new List<string>();
        foreach (char candidate in Operators)
        {
            string output = candidate == chosen ? wanted : Fill(plan, candidate).OutputText;
            if (chosen != plan.Operator && candidate == plan.Operator)
            {
                output = Fill(plan, chosen).OutputText;
            }

            lines.Add(Word(candidate) + " gives " + output);
        }

        return TaskSolution.Of(lines, [Word(chosen)]);
    }

    private bool InRange(ProgramRun run) => run.Trace.All(line =>
        !int.TryParse(line[(line.LastIndexOf('=') + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
        || Math.Abs(value) <= _options.MaximumValue);
}
