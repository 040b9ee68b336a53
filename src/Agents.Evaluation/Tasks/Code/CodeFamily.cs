using Agents.Programs;
using Agents.Programs.Mutation;

namespace Agents.Evaluation.Tasks.Code;

/// <summary>
/// Small functions to write in the mini-language, from few words and three visible tests. Twenty hidden tests on other inputs decide, so many
/// programs are right.
/// </summary>
/// <remarks>
/// Sample: question <c>f(l): sum of odd items over 3, then plus 2; f([5,2])=7; f([3])=2; f([7,9])=18</c>, solution
/// <c>answer: f(l):s=0;i=0;while i&lt;#l:{x=l[i];if x%2==1 and x>3:{s=s+x}i=i+1}return s+2</c>. At the highest levels the words leave something
/// open that the visible tests decide. Content that decides the split: what is computed, with thresholds brought to one form, so the same
/// function is never in two splits, in whatever words.
/// </remarks>
public sealed class CodeFamily : GeneratedTaskFamily<CodePlan>
{
    /// <summary>Id of the family.</summary>
    public const string FamilyId = "code";

    private const double MisreadShare = 0.6;
    private static readonly ProgramLimits Limits = new() { Steps = 2_000 };

    /// <summary>Creates the family.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Settings are out of range; the message lists all.</exception>
    public CodeFamily(CodeOptions? options = null)
        : base(FamilyId, (options ?? new CodeOptions()).Difficulty, (options ?? new CodeOptions()).HeldOutDifficulty)
    {
        (options ?? new CodeOptions()).Validate();
    }

    /// <inheritdoc/>
    protected override CodePlan Draw(int difficulty, ref SampleStream stream)
    {
        (CodeSpec spec, CodeVagueness vagueness) = CodeDraws.Draw(difficulty, ref stream);
        return new CodePlan(spec, vagueness, stream.NextBits());
    }

    /// <inheritdoc/>
    protected override string Content(CodePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return CodeProgramWriter.Write(plan.Spec with { Filter = OneForm(plan.Spec.Filter), Second = OneForm(plan.Spec.Second) });
    }

    /// <inheritdoc/>
    protected override TaskDraft Write(CodePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        (IReadOnlyList<ProgramTest> visible, IReadOnlyList<ProgramTest> hidden) = CodeTests.Draw(plan);
        string header = $"f({plan.Spec.Parameter})";
        string question = $"{header}: {CodeWords.Describe(plan.Spec, plan.Vagueness)}; {string.Join("; ", visible)}";
        IReadOnlyList<string> subtasks = CodeWords.Subtasks(plan.Spec, plan.Vagueness);
        return new TaskDraft(plan.Spec.Source.ToString().ToLowerInvariant(), question, Solution(CodeProgramWriter.Write(plan.Spec)), [.. subtasks, .. visible.Select(test => test.ToString()), "ask " + header])
        {
            Tests = [.. hidden.Select(test => test.ToString())],
            Subtasks = subtasks,
        };
    }

    /// <inheritdoc/>
    protected override CorruptedSolution Corrupt(CodePlan plan, TaskSolution right, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(right);
        if (stream.Chance(MisreadShare))
        {
            (CodeSpec misread, CorruptionKind kind) = CodeDraws.Misread(plan.Spec, plan.Vagueness, ref stream);
            return new(Solution(CodeProgramWriter.Write(misread)), kind, 0);
        }

        if (!MiniProgram.TryParse(right.Answer, out MiniProgram? program, out _))
        {
            throw new EvaluationException("The reference program of a code task does not parse.");
        }

        ProgramMutation mutation = stream.Pick(ProgramMutations.Of(program));
        return new(Solution(mutation.Program.Text), Label(mutation.Kind), mutation.Line - 1);
    }

    /// <inheritdoc/>
    protected override bool IsWrong(CodePlan plan, TaskSolution right, TaskSolution candidate)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(candidate);
        return !MiniProgram.TryParse(candidate.Answer, out MiniProgram? program, out _)
            || !TestRun.PassesAll(program, CodeTests.Draw(plan).Hidden, Limits);
    }

    private static TaskSolution Solution(string program) => new([], [program], program);

    private static CorruptionKind Label(MutationKind kind) => kind switch
    {
        MutationKind.DroppedStatement => CorruptionKind.SkippedStep,
        MutationKind.Operator or MutationKind.Comparison => CorruptionKind.WrongOperation,
        _ => CorruptionKind.SwappedOperand,
    };

    /// <summary>At least 5 is over 4, at most 4 is under 5.</summary>
    private static CodeFilter? OneForm(CodeFilter? filter) => filter?.Kind switch
    {
        CodeFilterKind.AtLeast => new CodeFilter(CodeFilterKind.Over, filter.Constant - 1),
        CodeFilterKind.AtMost => new CodeFilter(CodeFilterKind.Under, filter.Constant + 1),
        _ => filter,
    };
}
