using System.Globalization;
using System.Text.Json;
using Agents.Models;
using Agents.Plugins.CodePipeline.Mini;
using Agents.Plugins.CodePipeline.Tracing;
using Agents.Programs;
using Agents.Reasoning;
using Agents.Replication;

namespace Agents.Plugins.CodePipeline.Replication;

/// <summary>The measurements of the check on one question.</summary>
/// <param name="laboratory">Model, strategies, grading.</param>
internal sealed class CodeBench(ILaboratory laboratory)
{
    /// <summary>Whether the answer passes the visible tests.</summary>
    public const string Visible = "visible";

    /// <summary>Whether the answer passes the visible tests and the first hidden ones: a small public test set.</summary>
    public const string SmallSet = "smallSet";

    /// <summary>Whether the answer passes all tests, visible and hidden.</summary>
    public const string LargeSet = "largeSet";

    /// <summary>Of questions whose first program failed a visible test: whether the answer is right.</summary>
    public const string Rescued = "rescued";

    private static readonly ProgramLimits Limits = new() { Steps = 2_000 };

    /// <summary>Names the value that tells whether the answer after so many calls is right.</summary>
    /// <param name="calls">Calls.</param>
    public static string RightAfter(int calls) => string.Create(CultureInfo.InvariantCulture, $"right{calls}");

    /// <summary>Names the value that tells whether the answer after so many calls passes the small set.</summary>
    /// <param name="calls">Calls.</param>
    public static string SmallAfter(int calls) => string.Create(CultureInfo.InvariantCulture, $"small{calls}");

    /// <summary>Names the value that tells whether the answer after so many calls passes all tests.</summary>
    /// <param name="calls">Calls.</param>
    public static string LargeAfter(int calls) => string.Create(CultureInfo.InvariantCulture, $"large{calls}");

    /// <summary>A flow of the strategy.</summary>
    /// <param name="flow">Which steps run.</param>
    /// <param name="slot">What fills the trace's place.</param>
    /// <param name="item">The question.</param>
    /// <param name="adapter">The team's adapter; null for none.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Observation> FlowAsync(CodeFlow flow, TraceSlot slot, ExperimentItem item, ExperimentAdapter? adapter, ulong seed, CancellationToken cancellationToken)
    {
        ExperimentAnswer answer = await laboratory.AnswerAsync(Run(flow, slot, adapter), item, seed, cancellationToken).ConfigureAwait(false);
        Dictionary<string, double> values = Values(item, answer);
        if (answer.Details.TryGetValue("runs", out object? runs) && runs is > 1)
        {
            values[Rescued] = answer.Correct == true ? 1 : 0;
        }

        return answer.ToObservation(values);
    }

    /// <summary>Programs of the coder alone until one passes the visible tests; the one that passed most of them is the answer, the earliest of equals. The first program is that of the basic flow.</summary>
    /// <param name="item">The question.</param>
    /// <param name="adapter">The team's adapter; null for none.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Observation> ResampleAsync(ExperimentItem item, ExperimentAdapter? adapter, ulong seed, CancellationToken cancellationToken)
    {
        IReadOnlyList<ProgramTest> tests = ProgramTest.FindAll(item.Question);
        StrategyRun run = Run(CodeFlow.Basic, TraceSlot.None, adapter);
        Observation best = new();
        int bestPassed = -1;
        int calls = 0;
        long prompt = 0;
        long completion = 0;
        double seconds = 0;
        Dictionary<string, double> values = [];
        for (int attempt = 1; attempt <= CodeScale.Repairs + 1; attempt++)
        {
            if (bestPassed < tests.Count)
            {
                ulong stream = attempt == 1 ? seed : new SampleStream(seed, (ulong)attempt).NextBits();
                ExperimentAnswer answer = await laboratory.AnswerAsync(run, item, stream, cancellationToken).ConfigureAwait(false);
                calls += answer.Calls;
                prompt += answer.PromptTokens;
                completion += answer.CompletionTokens;
                seconds += answer.Seconds;
                int passed = MiniProgram.TryParse(MiniText.Program(answer.Text), out MiniProgram? program, out _) ? TestRun.Of(program, tests, Limits).PassedCount : 0;
                if (passed > bestPassed)
                {
                    bestPassed = passed;
                    best = answer.ToObservation(Values(item, answer));
                }
            }

            values[RightAfter(attempt)] = best.Correct == true ? 1 : 0;
            values[SmallAfter(attempt)] = best.Values[SmallSet];
            values[LargeAfter(attempt)] = best.Values[LargeSet];
        }

        foreach ((string name, double value) in best.Values)
        {
            values[name] = value;
        }

        if (calls > 1)
        {
            values[Rescued] = best.Correct == true ? 1 : 0;
        }

        return best with { Calls = calls, PromptTokens = prompt, CompletionTokens = completion, Seconds = seconds, Values = values };
    }

    private static Dictionary<string, double> Values(ExperimentItem item, ExperimentAnswer answer)
    {
        IReadOnlyList<ProgramTest> visible = ProgramTest.FindAll(item.Question);
        IReadOnlyList<ProgramTest> first = ProgramTest.FindAll(string.Join(' ', item.Tests.Take(CodeScale.SmallSet)));
        bool parses = MiniProgram.TryParse(MiniText.Program(answer.Text), out MiniProgram? program, out _);
        bool passes = parses && TestRun.PassesAll(program!, visible, Limits);
        return new Dictionary<string, double>
        {
            [Visible] = passes ? 1 : 0,
            [LargeSet] = passes && answer.Correct == true ? 1 : 0,
            [SmallSet] = passes && TestRun.PassesAll(program!, first, Limits) ? 1 : 0,
        };
    }

    /// <summary>How an arm answers.</summary>
    /// <param name="flow">Which steps run.</param>
    /// <param name="slot">What fills the trace's place.</param>
    /// <param name="adapter">The team's adapter; null for none.</param>
    public static StrategyRun Run(CodeFlow flow, TraceSlot slot, ExperimentAdapter? adapter) => new(CodePipelineStrategy.Id)
    {
        Options = new StrategyOptions
        {
            Temperature = CodeScale.Temperature,
            MaxTokens = CodeScale.MaximumTokens,
            Settings = JsonSerializer.SerializeToElement(
                new CodePipelineSettings { Flow = flow, Language = CodeLanguage.Mini, MaxRepairs = CodeScale.Repairs, Explain = false, TraceSlot = slot },
                SettingsJson.Default.CodePipelineSettings),
        },
        Adapters = adapter is null ? new Dictionary<string, ExperimentAdapter>() : new Dictionary<string, ExperimentAdapter> { [ModelRoles.Default] = adapter },
    };
}
