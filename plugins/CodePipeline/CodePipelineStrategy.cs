using System.Runtime.CompilerServices;
using Agents.Plugins.CodePipeline.Flow;
using Agents.Plugins.CodePipeline.Mini;
using Agents.Plugins.CodePipeline.Running;
using Agents.Plugins.CodePipeline.Tracing;
using Agents.Reasoning;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.CodePipeline;

/// <summary>
/// Code agents with runtime debugging (arXiv 2505.02133; papers/62 §2): an analyst plans, a coder writes, a tester reviews without running, and a debug loop runs the visible tests, traces the first failing
/// one block by block, has the trace explained and the program written anew. Flows of 1 to 21 calls.
/// </summary>
/// <param name="runners">Runs programs, one runner per language.</param>
public sealed class CodePipelineStrategy(CodeRunners runners) : IReasoningStrategy
{
    /// <summary>Id of the strategy.</summary>
    public const string Id = "code-pipeline";

    private const string VisitsNote = "code.trace";
    private const string TestsNote = "code.tests";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        CodePipelineSettings settings = CodePipelineSettings.Read(context.Options);
        CodeLanguage language = settings.Language == CodeLanguage.Auto ? Languages.Detect(task.Question) : settings.Language;
        IReadOnlyList<CodeTest> tests = settings.Debugs ? Visible(task, settings) : [];

        // Before any call: a machine that cannot isolate programs costs one line and no tokens.
        ICodeRunner? runner = tests.Count > 0 ? await runners.RequireAsync(language, cancellationToken).ConfigureAwait(false) : null;
        var calls = new CodeCalls(task, language, context.Options.Temperature ?? 0);
        int repairCost = runner is null || settings.Repairs == 0 ? 0 : settings.Explain ? 2 : 1;
        int testerCalls = 0;
        int fixes = 0;
        int runs = 0;
        int traces = 0;

        // AC: plan = Analyst(task); code = Coder(task, plan)
        string? plan = null;
        if (settings.Plans && context.Budget.RemainingCalls >= 2 + repairCost)
        {
            using IReasoningStep step = context.BeginStep("plan");
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            plan = await calls.PlanAsync(step, cancellationToken).ConfigureAwait(false);
            yield return new StepFinishedUpdate(step.NodeId, plan is null ? "no plan" : "planned");
        }

        CodeProgram program;
        using (IReasoningStep step = context.BeginStep("code"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            program = await calls.CodeAsync(step, plan, cancellationToken).ConfigureAwait(false);
            yield return new StepFinishedUpdate(step.NodeId, $"{program.Source.Count(character => character == '\n') + 1} lines");
        }

        yield return new DraftUpdate(Answer(program, tests));

        // T: report = Tester(code, task); unless it says PASS: code = Coder_fix(task, code, report)
        while (settings.Reviews && testerCalls <= settings.MaxTesterFixes && Pays(context, testerCalls < settings.MaxTesterFixes ? 2 : 1, repairCost))
        {
            using IReasoningStep step = context.BeginStep($"review {testerCalls + 1}");
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            string? report = await calls.TestAsync(step, program, cancellationToken).ConfigureAwait(false);
            testerCalls++;
            bool? verdict = report is null ? null : TesterVerdict.Of(report);
            program = program with { Verdict = verdict };
            CodeProgram? fix = report is not null && verdict != true && fixes < settings.MaxTesterFixes
                ? await calls.FixAsync(step, program, report, cancellationToken).ConfigureAwait(false)
                : null;
            fixes += fix is null ? 0 : 1;
            program = fix ?? program;
            yield return new StepFinishedUpdate(step.NodeId, verdict switch { true => "PASS", false => "FAIL", null => "no verdict" });
            if (fix is null)
            {
                break;
            }

            yield return new DraftUpdate(Answer(program, tests));
        }

        // Debug: run the visible tests; while one fails, trace the first that does, explain, write anew.
        CodeProgram? best = null;
        for (int repairs = 0; runner is not null; repairs++)
        {
            using IReasoningStep step = context.BeginStep($"debug {repairs + 1}");
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            RunReport report = await runner.RunAsync(program.Source, tests, settings.Limits, cancellationToken).ConfigureAwait(false);
            runs++;
            program = program with { Report = report, Repairs = repairs };
            best = settings.KeepBest ? CodeProgram.Better(best, program) : program;
            step.Note(step.NodeId, TestsNote, $"{report.PassedCount}/{tests.Count}");
            CodeProgram? repaired = null;
            if (report.FirstFailure is { } failing && repairs < settings.Repairs && Pays(context, 1, 0))
            {
                TraceReport? traced = null;
                if (settings.TraceSlot == TraceSlot.Real)
                {
                    traced = await runner.TraceAsync(program.Source, failing.Test, settings.Limits, cancellationToken).ConfigureAwait(false);
                    traces++;
                    step.Note(step.NodeId, VisitsNote, TraceJson.Write(traced, settings.TraceCap, settings.ValueCap));
                }

                string trace = settings.TraceSlot switch
                {
                    TraceSlot.Real when language == CodeLanguage.Mini => MiniText.Trace(traced!, settings.TraceCap, settings.ValueCap),
                    TraceSlot.Real => TraceText.Render(traced!, settings.TraceCap, settings.ValueCap),
                    TraceSlot.Source => program.Source,
                    _ => "",
                };
                string? explanations = settings.Explain && Pays(context, 2, 0)
                    ? await calls.ExplainAsync(step, program, failing, trace, cancellationToken).ConfigureAwait(false)
                    : null;
                repaired = await calls.RepairAsync(step, program, failing, trace, explanations is null ? null : Explanations.Render(explanations), cancellationToken).ConfigureAwait(false);
            }

            yield return new StepFinishedUpdate(step.NodeId, $"{report.PassedCount} of {tests.Count} visible tests passed{(report.FirstFailure is { } first ? $"; {first.Failure}" : "")}");
            yield return new DraftUpdate(Answer(best, tests));
            if (repaired is null)
            {
                break;
            }

            program = repaired;
        }

        CodeProgram answer = best ?? program;
        yield return new AnswerUpdate(Answer(answer, tests).With(
            ("flow", settings.FlowName), ("language", Languages.IdOf(language)), ("planned", plan is not null), ("testerCalls", testerCalls), ("fixes", fixes), ("verdict", answer.Verdict),
            ("runs", runs), ("tracedRuns", traces), ("repairs", program.Repairs)));
    }

    private static IReadOnlyList<CodeTest> Visible(ReasoningTask task, CodePipelineSettings settings) =>
        settings.Tests is { } given ? [.. given.Select(test => VisibleTests.Parse(test)!)] : VisibleTests.Find(task.Question);

    // A step is left out when the calls left do not pay for it together with what has to follow.
    private static bool Pays(IReasoningContext context, int calls, int reserve) => context.Budget.RemainingCalls >= calls + reserve && !SoftLimit.Reached(context.Budget);

    private static ReasoningAnswer Answer(CodeProgram program, IReadOnlyList<CodeTest> tests) => new ReasoningAnswer(program.Reply.Message)
    {
        FinalAnswer = program.Reply.FinalAnswer,
    }.With(("program", program.Source), ("visibleTests", tests.Count), ("visiblePassed", program.Report?.PassedCount), ("keptRepair", program.Repairs));
}
