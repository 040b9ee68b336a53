using System.Globalization;
using System.Text;

namespace Agents.Evaluation.Tasks.Arithmetic;

/// <summary>
/// Arithmetic problems of one to five steps on small whole numbers, as bare operations or as two kinds of word problem, optionally
/// with a number that is not needed. The answer is one number.
/// </summary>
/// <remarks>
/// Sample: question <c>tom has 7 figs. finds 5 more. gives half to ann. how many?</c>, solution <c>7+5=12⏎12/2=6⏎answer: 6</c>.
/// Content that decides the split: the chain, such as 7+5/2, whatever its words.
/// </remarks>
public sealed class ArithmeticFamily : GeneratedTaskFamily<ArithmeticPlan>
{
    /// <summary>A misread factor stays small, or wrong solutions would give themselves away by size.</summary>
    private const int MaximumWrongFactor = 9;

    private readonly ArithmeticOptions _options;

    /// <summary>Creates the family.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Settings are out of range; the message lists all.</exception>
    public ArithmeticFamily(ArithmeticOptions? options = null)
        : base("arithmetic", (options ?? new ArithmeticOptions()).Difficulty, (options ?? new ArithmeticOptions()).HeldOutDifficulty)
    {
        _options = options ?? new ArithmeticOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    protected override ArithmeticPlan Draw(int difficulty, ref SampleStream stream)
    {
        string template = stream.Chance(_options.PlainShare) ? ArithmeticSurface.Plain
            : stream.Chance(0.5) ? ArithmeticSurface.Basket : ArithmeticSurface.People;
        int start = stream.Between(2, Math.Min(90, _options.MaximumValue / 2));
        var steps = new List<ArithmeticStep>(difficulty);
        int value = start;
        int previous = 0;
        while (steps.Count < difficulty)
        {
            bool together = template == ArithmeticSurface.People && steps.Count > 0 && steps.Count == difficulty - 1 && stream.Chance(0.3);
            ArithmeticStep step = together ? new('&', 0) : DrawStep(value, ref stream);
            int next = step.Apply(value, previous);
            if (next < 1 || next > _options.MaximumValue)
            {
                continue;
            }

            steps.Add(step);
            (previous, value) = (value, next);
        }

        string[] names = stream.PickSome(TaskWords.Names, difficulty + 1);
        var phrases = new int[difficulty];
        for (int i = 0; i < difficulty; i++)
        {
            phrases[i] = stream.NextInt(ArithmeticSurface.PhraseCount);
        }

        bool distracts = template != ArithmeticSurface.Plain && stream.Chance(_options.DistractorShare);
        return new ArithmeticPlan(start, steps, template, names, stream.Pick(TaskWords.Objects), phrases, distracts ? stream.Between(3, 30) : 0);
    }

    /// <inheritdoc/>
    protected override string Content(ArithmeticPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var text = new StringBuilder().Append(plan.Start);
        foreach (ArithmeticStep step in plan.Steps)
        {
            text.Append(step.Operator).Append(step.Operand);
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    protected override TaskDraft Write(ArithmeticPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new TaskDraft(plan.Template, ArithmeticSurface.Question(plan), Solve(plan.Start, plan.Steps, -1, 0), ArithmeticSurface.Facts(plan));
    }

    /// <inheritdoc/>
    protected override CorruptedSolution Corrupt(ArithmeticPlan plan, TaskSolution right, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        int at = stream.NextInt(plan.Steps.Count);
        ArithmeticStep step = plan.Steps[at];
        ArithmeticStep[] steps = [.. plan.Steps];
        switch (stream.NextInt(4))
        {
            case 0 when plan.Steps.Count > 1:
                return new(Solve(plan.Start, [.. steps[..at], .. steps[(at + 1)..]], -1, 0), CorruptionKind.SkippedStep, at);
            case 1 when step.Operator is '+' or '-' or '*':
                // A misreading: the number of another condition, or the one that is not needed.
                int[] others = [plan.Start, .. plan.Steps.Select(other => other.Operand), plan.Distractor, step.Operand + 1, step.Operand - 1];
                int operand = Math.Max(stream.PickOther(others, step.Operand), 1);
                steps[at] = step with { Operand = step.Operator == '*' ? Math.Min(operand, MaximumWrongFactor) : operand };
                return new(Solve(plan.Start, steps, -1, 0), CorruptionKind.SwappedOperand, at);
            case 2 when step.Operator is '+' or '-':
                steps[at] = step with { Operator = step.Operator == '+' ? '-' : '+' };
                return new(Solve(plan.Start, steps, -1, 0), CorruptionKind.WrongOperation, at);
            default:
                int[] errors = [-10, -2, -1, 1, 2, 10];
                return new(Solve(plan.Start, steps, at, stream.Pick(errors)), CorruptionKind.WrongResult, at);
        }
    }

    /// <inheritdoc/>
    /// <remarks>What can be misread in word problems: the number that is not needed, taken for one that is; and "half", taken for the double.</remarks>
    protected override CorruptedSolution? Misread(ArithmeticPlan plan, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        int[] places = [.. Enumerable.Range(0, plan.Steps.Count).Where(i => plan.Steps[i].Operator switch
        {
            '/' => plan.Template != ArithmeticSurface.Plain,
            '+' or '-' => plan.Distractor > 0,
            _ => false,
        })];
        if (places.Length == 0)
        {
            return null;
        }

        int at = stream.Pick(places);
        ArithmeticStep[] steps = [.. plan.Steps];
        steps[at] = steps[at].Operator == '/' ? new ArithmeticStep('*', 2) : steps[at] with { Operand = plan.Distractor };
        return IsWhole(plan.Start, steps) ? new(Solve(plan.Start, steps, -1, 0), CorruptionKind.Misreading, at) : null;
    }

    /// <summary>Returns whether a chain stays above zero and halves even numbers only, as drawn ones do.</summary>
    private static bool IsWhole(int value, IReadOnlyList<ArithmeticStep> steps)
    {
        int previous = 0;
        foreach (ArithmeticStep step in steps)
        {
            int next = step.Apply(value, previous);
            if (next < 1 || (step.Operator == '/' && value % 2 != 0))
            {
                return false;
            }

            (previous, value) = (value, next);
        }

        return true;
    }

    private ArithmeticStep DrawStep(int value, ref SampleStream stream)
    {
        int room = Math.Min(_options.MaximumOperand, _options.MaximumValue - value);
        return stream.NextInt(8) switch
        {
            0 or 1 or 2 when room >= 2 => new('+', stream.Between(2, room)),
            3 or 4 when value % 2 == 0 && value >= 4 => new('/', 2),
            5 or 6 => new('*', stream.Between(2, 5)),
            _ => new('-', stream.Between(2, Math.Max(2, Math.Min(_options.MaximumOperand, value - 1)))),
        };
    }

    /// <summary>Runs the chain; the result of step <paramref name="wrongStep"/> (if any) is off by <paramref name="error"/> and carried on.</summary>
    private static TaskSolution Solve(int start, IReadOnlyList<ArithmeticStep> steps, int wrongStep, int error)
    {
        var lines = new List<string>(steps.Count);
        int value = start;
        int previous = 0;
        for (int i = 0; i < steps.Count; i++)
        {
            int result = steps[i].Apply(value, previous) + (i == wrongStep ? error : 0);
            lines.Add(steps[i].Line(value, previous, result));
            (previous, value) = (value, result);
        }

        return TaskSolution.Of(lines, [value.ToString(CultureInfo.InvariantCulture)]);
    }
}
