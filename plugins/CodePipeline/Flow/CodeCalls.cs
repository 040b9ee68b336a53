using Agents.Budgets;
using Agents.Models;
using Agents.Plugins.CodePipeline.Mini;
using Agents.Plugins.CodePipeline.Running;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Plugins.CodePipeline.Flow;

/// <summary>
/// The calls of the roles (papers/62 §2.1): what each one reads decides what it is. Only the first program is indispensable; any other call that fails gives nothing and leaves its error in the trace.
/// </summary>
internal sealed class CodeCalls(ReasoningTask task, CodeLanguage language, double temperature)
{
    /// <summary>Role that plans.</summary>
    public const string Analyst = "analyst";

    /// <summary>Role that reviews without running.</summary>
    public const string Tester = "tester";

    /// <summary>Role that explains a trace.</summary>
    public const string Debugger = "debugger";

    private const string RoleNote = "code.role";
    private const int TokensPerMessage = 8;
    private const int DefaultReserve = 256;
    private const int FewestTokens = 32;

    // Texts of other calls and of the run; the question and the program are never cut.
    private static readonly string[] Shortenable = ["trace", "explanations", "report", "plan"];

    /// <summary>Analyst: subtasks and main steps, no code.</summary>
    public async Task<string?> PlanAsync(IReasoningStep step, CancellationToken cancellationToken) =>
        (await TryAskAsync(step, Analyst, "analyst", "code-pipeline/plan", [], cancellationToken).ConfigureAwait(false))?.Text;

    /// <summary>Coder: the first program, with or without a plan. The one call whose failure ends the request.</summary>
    public async Task<CodeProgram> CodeAsync(IReasoningStep step, string? plan, CancellationToken cancellationToken)
    {
        Candidate reply = plan is null
            ? await AskAsync(step, ModelRoles.Default, "coder", "code-pipeline/code", [], cancellationToken).ConfigureAwait(false)
            : await AskAsync(step, ModelRoles.Default, "coder", "code-pipeline/code-with-plan", [("plan", plan)], cancellationToken).ConfigureAwait(false);
        return new CodeProgram(reply, Source(reply.Text));
    }

    /// <summary>Tester: a report that ends in PASS or FAIL. Nothing is run.</summary>
    public async Task<string?> TestAsync(IReasoningStep step, CodeProgram program, CancellationToken cancellationToken) =>
        (await TryAskAsync(step, Tester, "tester", "code-pipeline/test", [("code", program.Source)], cancellationToken).ConfigureAwait(false))?.Text;

    /// <summary>Coder: a fix after the tester's report. It is given the program: a report need not repeat it (papers/62 §6).</summary>
    public async Task<CodeProgram?> FixAsync(IReasoningStep step, CodeProgram program, string report, CancellationToken cancellationToken) =>
        Program(await TryAskAsync(step, ModelRoles.Default, "fixer", "code-pipeline/fix", [("code", program.Source), ("report", report)], cancellationToken).ConfigureAwait(false));

    /// <summary>Debugger: which block of the trace does not do what it should.</summary>
    public async Task<string?> ExplainAsync(IReasoningStep step, CodeProgram program, CodeTestResult failing, string trace, CancellationToken cancellationToken) =>
        (await TryAskAsync(step, Debugger, "explainer", "code-pipeline/explain", [.. Failing(program, failing), ("trace", trace)], cancellationToken).ConfigureAwait(false))?.Text;

    /// <summary>Coder: a new program after the explanations, or after the trace itself where there are none.</summary>
    public async Task<CodeProgram?> RepairAsync(
        IReasoningStep step, CodeProgram program, CodeTestResult failing, string trace, string? explanations, CancellationToken cancellationToken) => Program(await TryAskAsync(
        step, ModelRoles.Default, "repairer", "code-pipeline/repair",
        [.. Failing(program, failing), ("trace", explanations is null ? trace : ""), ("explanations", explanations ?? "")], cancellationToken).ConfigureAwait(false));

    private static (string Name, string Value)[] Failing(CodeProgram program, CodeTestResult failing) =>
    [
        ("code", program.Source), ("call", failing.Test.Call), ("expected", failing.Test.Expected), ("actual", failing.Actual ?? ""), ("failure", failing.Failure),
    ];

    private string Source(string reply) => language == CodeLanguage.Mini ? MiniText.Program(reply) : ProgramText.Of(reply);

    private CodeProgram? Program(Candidate? reply) =>
        reply is not null && Source(reply.Text) is { Length: > 0 } source ? new CodeProgram(reply, source) : null;

    private async Task<Candidate?> TryAskAsync(
        IReasoningStep step, string modelRole, string role, string prompt, (string Name, string Value)[] values, CancellationToken cancellationToken)
    {
        try
        {
            Candidate reply = await AskAsync(step, modelRole, role, prompt, values, cancellationToken).ConfigureAwait(false);
            return reply.Text.Length > 0 ? reply : null;
        }
        catch (Exception error) when (error is not (OperationCanceledException or BudgetExceededException))
        {
            step.Logger.LogWarning(error, "The {Role} failed; the pipeline goes on without it.", role);
            return null;
        }
    }

    private async Task<Candidate> AskAsync(
        IReasoningStep step, string modelRole, string role, string prompt, (string Name, string Value)[] values, CancellationToken cancellationToken)
    {
        ChatOptions options = CandidateSampler.CallOptions(task, step, temperature);
        if (modelRole != ModelRoles.Default)
        {
            // Only a program can become the answer, so only the coder gets the caller's form of it.
            options.Tools = null;
            options.ToolMode = null;
            options.ResponseFormat = null;
        }

        ChatResponse response = await step.Model(modelRole).GetResponseAsync(Render(step, modelRole, prompt, values), options, cancellationToken).ConfigureAwait(false);
        if (response.TraceNodeId() is { } node)
        {
            step.Note(node, RoleNote, role);
        }

        return CandidateSampler.Read(step, response, 0);
    }

    // Where the prompt would not fit the model's context, the texts of the run are shortened in their middle.
    private IReadOnlyList<ChatMessage> Render(IReasoningStep step, string modelRole, string prompt, (string Name, string Value)[] values)
    {
        ILanguageModel? model = step.Model(modelRole).GetService<ILanguageModel>();
        int context = model?.Shape.ContextLength ?? int.MaxValue;
        int reserve = Math.Min(step.Options.MaxTokens ?? task.Options?.MaxOutputTokens ?? DefaultReserve, context / 2);
        int limit = int.MaxValue;
        while (true)
        {
            Dictionary<string, object?> variables = new()
            {
                ["question"] = task.Question, ["language"] = Languages.IdOf(language), ["languageName"] = Languages.NameOf(language),
            };
            int longest = 0;
            foreach ((string name, string value) in values)
            {
                bool cuttable = Shortenable.Contains(name);
                variables[name] = cuttable ? VisibleText.Shortened(value, limit, model?.Tokenizer) : value;
                longest = cuttable ? Math.Max(longest, Math.Min(limit, VisibleText.Count(value, model?.Tokenizer))) : longest;
            }

            IReadOnlyList<ChatMessage> messages = Conversation.Ask(task, step.Prompt(prompt, variables, modelRole));
            if (model is null || longest < 2 * FewestTokens || messages.Sum(message => VisibleText.Count(message.Text, model.Tokenizer) + TokensPerMessage) <= context - reserve)
            {
                return messages;
            }

            limit = longest / 2;
        }
    }
}
