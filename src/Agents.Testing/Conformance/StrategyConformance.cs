using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Reasoning;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Testing.Conformance;

/// <summary>
/// What every strategy promises, whatever it does. Needs no test framework: give <see cref="Rules"/> as data to a parameterized test and call <see cref="VerifyAsync"/> in it.
/// Everything runs through the real engine over a scripted model.
/// </summary>
/// <param name="subject">The strategy.</param>
public sealed class StrategyConformance(ConformanceSubject subject)
{
    private const int ConcurrentRuns = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, Func<StrategyConformance, CancellationToken, Task>> All = new(StringComparer.Ordinal)
    {
        ["ends with one answer and closes every step"] = (suite, ct) => suite.UpdatesAsync(ct),
        ["streams nothing but the text of the answer"] = (suite, ct) => suite.TokensAsync(ct),
        ["is a chat client that gives the answer once"] = (suite, ct) => suite.ChatClientAsync(ct),
        ["repeats itself with the same seed, also among concurrent requests"] = (suite, ct) => suite.SeedAsync(ct),
        ["gives the same texts on a client without groups, usage and records"] = (suite, ct) => suite.PlainClientAsync(ct),
        ["keeps every call budget and answers within it"] = (suite, ct) => suite.CallBudgetsAsync(ct),
        ["keeps the budgets of a thousand concurrent requests"] = (suite, ct) => suite.ConcurrentBudgetsAsync(ct),
        ["survives every token budget"] = (suite, ct) => suite.TokenBudgetsAsync(ct),
        ["ends when it is cancelled, in every call"] = (suite, ct) => suite.CancellationAsync(ct),
        ["keeps a draft when it is cancelled, from the first one on"] = (suite, ct) => suite.DraftsAsync(ct),
        ["fails with the cause when every call fails"] = (suite, ct) => suite.FailingModelAsync(ct),
        ["answers or fails with the cause when one call fails"] = (suite, ct) => suite.OneFailureAsync(ct),
        ["refuses settings it does not know before any call"] = (suite, ct) => suite.UnknownSettingAsync(ct),
        ["refuses null"] = (suite, ct) => suite.ArgumentsAsync(ct),
    };

    /// <summary>Gets the names of all rules, each a sentence about the strategy.</summary>
    public static IReadOnlyList<string> Rules { get; } = [.. All.Keys];

    /// <summary>Checks one rule.</summary>
    /// <param name="rule">One of <see cref="Rules"/>.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="ConformanceException">The strategy breaks the rule.</exception>
    /// <exception cref="ArgumentException">There is no such rule.</exception>
    public Task VerifyAsync(string rule, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return All.TryGetValue(rule, out Func<StrategyConformance, CancellationToken, Task>? check)
            ? check(this, cancellationToken)
            : throw new ArgumentException($"There is no rule '{rule}'. {NearestNames.Describe(rule, All.Keys)}", nameof(rule));
    }

    private async Task UpdatesAsync(CancellationToken cancellationToken)
    {
        List<ReasoningUpdate> updates = await ReadAsync(cancellationToken).ConfigureAwait(false);
        Require(updates[^1] is ReasoningFinishedUpdate && updates[^2] is AnswerUpdate && updates.OfType<AnswerUpdate>().Count() == 1, "exactly one answer, and it comes last", Kinds(updates));
        int[] started = [.. updates.OfType<StepStartedUpdate>().Select(step => step.NodeId).Order()];
        int[] finished = [.. updates.OfType<StepFinishedUpdate>().Select(step => step.NodeId).Order()];
        Require(started.SequenceEqual(finished), "every step that starts finishes", $"started {string.Join(',', started)}, finished {string.Join(',', finished)}");
        IReadOnlyList<TraceNode> trace = ((ReasoningFinishedUpdate)updates[^1]).Result.Trace;
        Require(trace.All(node => node.Duration is not null), "every node of the trace is closed", "an open node");
        Require(
            !subject.HasSteps || trace.Where(node => node.Kind == TraceNodeKind.Call).All(node => trace[node.ParentId!.Value].Kind == TraceNodeKind.Step),
            "every call hangs below a step", "a call outside of steps");
    }

    private async Task TokensAsync(CancellationToken cancellationToken)
    {
        List<ReasoningUpdate> updates = await ReadAsync(cancellationToken).ConfigureAwait(false);
        string streamed = string.Concat(updates.OfType<TokenUpdate>().Select(token => token.Text));
        string answer = updates.OfType<AnswerUpdate>().Single().Answer.Text;
        Require(streamed.Length == 0 || streamed == answer, $"streamed text equal to the answer '{answer}'", $"'{streamed}'");
        Require(subject.Streams is null || subject.Streams == (streamed.Length > 0), subject.Streams == true ? "a streamed answer" : "an unstreamed answer", $"'{streamed}'");
    }

    private async Task ChatClientAsync(CancellationToken cancellationToken)
    {
        using var client = new StrategyChatClient(subject.Engine(subject.Model()), subject.Strategy);
        ChatResponse whole = await client.GetResponseAsync(subject.Task.Messages, null, cancellationToken).ConfigureAwait(false);
        ChatResponse streamed = await client.GetStreamingResponseAsync(subject.Task.Messages, null, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);
        Require(whole.Text.Length > 0 && whole.Text == streamed.Text, $"'{whole.Text}' also as a stream", $"'{streamed.Text}'");
    }

    private async Task SeedAsync(CancellationToken cancellationToken)
    {
        ReasoningEngine engine = subject.Engine(subject.Model());
        string alone = await TraceAsync(engine, 7, cancellationToken).ConfigureAwait(false);
        string[] together = await Task.WhenAll(Enumerable.Range(0, 24).Select(i =>
            Task.Run(() => TraceAsync(engine, i % 2 == 0 ? 7ul : (ulong)i, cancellationToken), cancellationToken))).ConfigureAwait(false);
        Require(together.Where((_, i) => i % 2 == 0).All(trace => trace == alone), "the same trace for the same seed", "another one");
        Require(together.Where((_, i) => i % 2 == 1).Any(trace => trace != alone), "other traces for other seeds", "the same one for 12 seeds; does the scripted model draw?");
    }

    private async Task PlainClientAsync(CancellationToken cancellationToken)
    {
        using var plain = new FaultyChatClient(subject.Model()) { HideGroupSampler = true, HideUsage = true };
        string poor = await TraceAsync(subject.Engine(plain), 3, cancellationToken).ConfigureAwait(false);
        string rich = await TraceAsync(subject.Engine(subject.Model()), 3, cancellationToken).ConfigureAwait(false);
        Require(poor == rich, rich, poor);
    }

    private async Task CallBudgetsAsync(CancellationToken cancellationToken)
    {
        int full = (await RunAsync(subject.Model(), null, cancellationToken).ConfigureAwait(false)).Usage.Calls;
        for (int budget = 1; budget <= full; budget++)
        {
            ScriptedChatClient model = subject.Model();
            ReasoningResult result = await RunAsync(model, new Budget { Calls = budget }, cancellationToken).ConfigureAwait(false);
            Require(
                result.Usage.Calls <= budget && result.Usage.Calls == model.Calls.Count && result.StoppedBecause == StoppedBecause.Completed,
                $"at most {budget} calls, planned by the strategy", $"{result.Usage.Calls} charged, {model.Calls.Count} made, stopped because {result.StoppedBecause}");
            Require(result.Answer?.FinalAnswer is not null, $"a final answer within {budget} calls", "none");
        }
    }

    private async Task ConcurrentBudgetsAsync(CancellationToken cancellationToken)
    {
        ScriptedChatClient model = subject.Model();
        ReasoningEngine engine = subject.Engine(model);
        int full = (await RunAsync(subject.Model(), null, cancellationToken).ConfigureAwait(false)).Usage.Calls;
        int[] budgets = [.. Enumerable.Range(0, ConcurrentRuns).Select(i => 1 + (i % full))];
        ReasoningResult[] results = await Task.WhenAll(budgets.Select((budget, i) => Task.Run(
            () => engine.SolveAsync(subject.Strategy, subject.Task, subject.Request((ulong)i, new Budget { Calls = budget }), cancellationToken), cancellationToken))).ConfigureAwait(false);
        Require(results.Zip(budgets, (result, budget) => result.Usage.Calls <= budget).All(kept => kept), "every budget kept", "one exceeded");
        Require(results.Sum(result => result.Usage.Calls) == model.Calls.Count, $"{model.Calls.Count} calls charged", $"{results.Sum(result => result.Usage.Calls)}");
        Require(results.All(result => result.Answer is not null), "an answer to each request", "one without");
    }

    private async Task TokenBudgetsAsync(CancellationToken cancellationToken)
    {
        long full = (await RunAsync(subject.Model(), null, cancellationToken).ConfigureAwait(false)).Usage.Tokens;
        foreach (long tokens in new[] { 1, full / 4, full / 2, full * 3 / 4, full })
        {
            ReasoningResult result = await RunAsync(subject.Model(), new Budget { Tokens = Math.Max(1, tokens) }, cancellationToken).ConfigureAwait(false);
            Require(result.StoppedBecause is StoppedBecause.Completed or StoppedBecause.Tokens, "an end by itself or by the token budget", result.StoppedBecause.ToString());
        }
    }

    private async Task CancellationAsync(CancellationToken cancellationToken)
    {
        int full = (await RunAsync(subject.Model(), null, cancellationToken).ConfigureAwait(false)).Usage.Calls;
        for (int call = 1; call <= full; call++)
        {
            (HangingChatClient model, Task<ReasoningResult> solving, CancellationTokenSource cancel) = Hang(call, keepDraft: false, cancellationToken);
            using (model)
            using (cancel)
            {
                await Task.WhenAny(model.Hanging, solving).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
                await cancel.CancelAsync().ConfigureAwait(false);
                try
                {
                    await solving.WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
                    throw Broken($"a cancelled request (hanging in call {call} of {full})", "an answer");
                }
                catch (OperationCanceledException)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
                catch (TimeoutException error)
                {
                    throw new ConformanceException($"The strategy '{subject.Strategy}' did not end {Patience.TotalSeconds:0} s after it was cancelled in call {call}. Pass the token to every call.", error);
                }
            }
        }
    }

    private async Task DraftsAsync(CancellationToken cancellationToken)
    {
        int full = (await RunAsync(subject.Model(), null, cancellationToken).ConfigureAwait(false)).Usage.Calls;
        for (int call = subject.CallsUntilDraft + 1; call <= full; call++)
        {
            (HangingChatClient model, Task<ReasoningResult> solving, CancellationTokenSource cancel) = Hang(call, keepDraft: true, cancellationToken);
            using (model)
            using (cancel)
            {
                await Task.WhenAny(model.Hanging, solving).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
                await cancel.CancelAsync().ConfigureAwait(false);
                ReasoningResult result = await solving.WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
                Require(result is { StoppedBecause: StoppedBecause.Cancelled, Answer: not null }, $"a draft after {call - 1} calls", $"{result.StoppedBecause}, answer '{result.Answer?.Text}'");
            }
        }
    }

    private async Task FailingModelAsync(CancellationToken cancellationToken)
    {
        using var model = new FaultyChatClient(subject.Model()) { FailFirst = int.MaxValue, HideGroupSampler = true };
        try
        {
            ReasoningResult result = await RunAsync(model, null, cancellationToken).ConfigureAwait(false);
            throw Broken("an error", $"the answer '{result.Answer?.Text}'");
        }
        catch (ReasoningException error)
        {
            // Where a strategy runs others, the one that failed is named.
            bool named = subject.Features.List<IReasoningStrategy>().Any(feature => error.Message.Contains($"'{feature.Id}'", StringComparison.Ordinal));
            Require(named && error.Message.Contains("Service unavailable.", StringComparison.Ordinal), "an error that names strategy and cause", error.Message);
        }
    }

    private async Task OneFailureAsync(CancellationToken cancellationToken)
    {
        int full = (await RunAsync(subject.Model(), null, cancellationToken).ConfigureAwait(false)).Usage.Calls;
        for (int failing = 1; failing <= full; failing++)
        {
            int at = failing;
            int calls = 0;
            using var model = new HangingChatClient(subject.Model(), _ => Interlocked.Increment(ref calls) == at) { Error = static () => new HttpRequestException("Service unavailable.") };
            try
            {
                ReasoningResult result = await RunAsync(model, null, cancellationToken).ConfigureAwait(false);
                Require(result.Answer is not null, $"an answer although call {failing} failed", "none");
            }
            catch (ReasoningException error)
            {
                Require(error.Message.Contains("Service unavailable.", StringComparison.Ordinal), "an error that names the cause", error.Message);
            }
        }
    }

    private async Task UnknownSettingAsync(CancellationToken cancellationToken)
    {
        ScriptedChatClient model = subject.Model();
        using var settings = System.Text.Json.JsonDocument.Parse("""{"noSuchSetting":1}""");
        var request = new ReasoningRequest { Options = new StrategyOptions { Settings = settings.RootElement.Clone() } };
        try
        {
            await subject.Engine(model).SolveAsync(subject.Strategy, subject.Task, request, cancellationToken).ConfigureAwait(false);
            throw Broken("a refusal of 'noSuchSetting'", "an answer");
        }
        catch (ArgumentException error)
        {
            Require(error.Message.Contains("noSuchSetting", StringComparison.Ordinal) || error.Message.Contains("no settings", StringComparison.Ordinal), "a message that names the setting", error.Message);
            Require(model.Calls.Count == 0, "a refusal before any call", $"{model.Calls.Count} calls");
        }
    }

    private async Task ArgumentsAsync(CancellationToken cancellationToken)
    {
        using FeatureUse<IReasoningStrategy> use = subject.Features.Acquire<IReasoningStrategy>(subject.Strategy) ?? throw Broken("a strategy with this id", "none");
        await RefusesAsync("task", use.Feature.SolveAsync(null!, null!, cancellationToken), cancellationToken).ConfigureAwait(false);
        await RefusesAsync("context", use.Feature.SolveAsync(subject.Task, null!, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async Task RefusesAsync(string name, IAsyncEnumerable<ReasoningUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ReasoningUpdate update in updates.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                throw Broken($"a refusal of a null {name}", update.GetType().Name);
            }
        }
        catch (ArgumentNullException error)
        {
            Require(error.ParamName == name, $"a refusal of '{name}'", $"'{error.ParamName}'");
        }
    }

    private (HangingChatClient Model, Task<ReasoningResult> Solving, CancellationTokenSource Cancel) Hang(int call, bool keepDraft, CancellationToken cancellationToken)
    {
        int calls = 0;
        var model = new HangingChatClient(subject.Model(), _ => Interlocked.Increment(ref calls) >= call);
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<ReasoningResult> solving = subject.Engine(model).SolveAsync(subject.Strategy, subject.Task, subject.Request() with { KeepDraftOnCancel = keepDraft }, cancel.Token);
        return (model, solving, cancel);
    }

    private Task<ReasoningResult> RunAsync(IChatClient model, Budget? budget, CancellationToken cancellationToken) =>
        subject.Engine(model).SolveAsync(subject.Strategy, subject.Task, subject.Request(budget: budget), cancellationToken);

    private async Task<List<ReasoningUpdate>> ReadAsync(CancellationToken cancellationToken)
    {
        List<ReasoningUpdate> updates = [];
        await foreach (ReasoningUpdate update in subject.Engine(subject.Model()).StreamAsync(subject.Strategy, subject.Task, subject.Request(), cancellationToken).ConfigureAwait(false))
        {
            updates.Add(update);
        }

        return updates;
    }

    private async Task<string> TraceAsync(ReasoningEngine engine, ulong seed, CancellationToken cancellationToken)
    {
        ReasoningResult result = await engine.SolveAsync(subject.Strategy, subject.Task, subject.Request(seed), cancellationToken).ConfigureAwait(false);
        return string.Join('|', result.Trace.Select(node => $"{node.Id}:{node.ParentId}:{node.Role}:{node.Text}:{node.Value}")) + result.Answer!.Text;
    }

    private static string Kinds(IEnumerable<ReasoningUpdate> updates) => string.Join(", ", updates.Select(update => update.GetType().Name));

    private void Require(bool holds, string expected, string got)
    {
        if (!holds)
        {
            throw Broken(expected, got);
        }
    }

    private ConformanceException Broken(string expected, string got) => new($"The strategy '{subject.Strategy}' breaks a rule: expected {expected}, got {got}.");
}
