using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Code;
using Agents.Programs;
using Agents.Programs.Flow;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Question about code, wrong program, its first failing visible test and a trace to the right program: the debugger. One prompt, three
/// contents of the trace slot in equal shares: the block visits with the values of the run, the program's source once more, nothing.
/// </summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
/// <param name="content">The only content of the trace slot; null for all three in equal shares.</param>
public sealed class RepairWriter(string prompt, RoleNoise noise, TraceContent? content = null) : IRoleWriter
{
    private const double BrokenShare = 0.04;
    private const int Attempts = 64;
    private static readonly ProgramLimits Limits = new() { Steps = 2_000 };

    /// <inheritdoc/>
    public string Role => RoleNames.Repair;

    /// <inheritdoc/>
    public bool Serves(ITaskFamily family) => family is CodeFamily;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        IReadOnlyList<ProgramTest> tests = ProgramTest.FindAll(item.Question);
        TraceContent shows = content ?? (TraceContent)stream.NextInt(3);
        (string program, TestOutcome? outcome, string failure, CorruptionKind kind) = Draw(family, item, tests, ref stream);
        string trace = shows == TraceContent.Source ? program
            : shows == TraceContent.None || outcome is null || !MiniProgram.TryParse(program, out MiniProgram? parsed, out _) ? ""
            : TraceText.Write(BlockTracer.Trace(parsed, outcome.Test.Arguments, Limits));
        ShownSolution target = ShownSolution.Draw(family, item, noise.WrongSolutions, ref stream);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = CodeVariables.With(("question", item.Question), ("code", program), ("failure", failure), ("trace", trace), ("explanations", new List<object?>())),
            Target = target.Text,
            TargetCorruption = target.Kind,
            InputCorruptions = [kind],
            Item = item,
        };
    }

    /// <summary>Draws a program that fails a visible test; a few do not parse at all, as models' programs do.</summary>
    private static (string Program, TestOutcome? Outcome, string Failure, CorruptionKind Kind) Draw(
        ITaskFamily family, TaskItem item, IReadOnlyList<ProgramTest> tests, ref SampleStream stream)
    {
        for (int attempt = stream.Chance(BrokenShare) ? Attempts : 0; attempt < Attempts; attempt++)
        {
            ShownSolution wrong = ShownSolution.Wrong(family, item, ref stream);
            if (!MiniProgram.TryParse(wrong.Answer, out MiniProgram? program, out _))
            {
                continue;
            }

            TestRun run = TestRun.Of(program, tests, Limits);
            if (!run.Passed)
            {
                TestOutcome outcome = run.Outcomes[run.FirstFailing];
                return (program.Text, outcome, Describe(outcome.Test, outcome.Result), wrong.Kind);
            }
        }

        string broken = item.Answer;
        ProgramFailure? failure = null;
        while (failure is null)
        {
            broken = item.Answer[..stream.Between(3, item.Answer.Length - 1)];
            _ = MiniProgram.TryParse(broken, out _, out failure);
        }

        return (broken, null, Describe(tests[0], new ProgramResult(null, failure, 0)), CorruptionKind.SkippedStep);
    }

    /// <summary>The line that the pipeline shows for a failing test.</summary>
    private static string Describe(ProgramTest test, ProgramResult result) =>
        result.Failure is { } failure ? $"{test.Call} should give {test.Expected}, but: {failure.Message}" : $"{test.Call} gave {result.Value}, expected {test.Expected}";
}
