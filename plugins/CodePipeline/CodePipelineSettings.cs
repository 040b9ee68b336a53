using Agents.Plugins.CodePipeline.Running;
using Agents.Plugins.CodePipeline.Tracing;
using Agents.Reasoning;
using Agents.Strategies;

namespace Agents.Plugins.CodePipeline;

/// <summary>Own settings of <c>code-pipeline</c> (papers/62 §4). Common options: <c>temperature</c> of every call (default 0), <c>maxTokens</c> per call.</summary>
/// <param name="Flow">Which steps run. Default debug.</param>
/// <param name="Language">Language of the programs. Default auto.</param>
/// <param name="MaxTesterFixes">Fixes of the tester loop, which makes at most one call more. Default 3, range 0 to 20.</param>
/// <param name="MaxRepairs">Repairs of the debug loop. Default null: 10 in the flow debug, 4 where other roles worked before. Range 0 to 100.</param>
/// <param name="TraceCap">Block visits that the prompt shows, the first and the last ones. Default 10, range 2 to 1000.</param>
/// <param name="ValueCap">Characters of a value that the prompt shows. Default 100, range 10 to 10000.</param>
/// <param name="TimeoutSeconds">Wall-clock limit of each test and of each traced run. Default 5, above 0, at most 60.</param>
/// <param name="KeepBest">Answers with the program that passed most visible tests, then the one with the fewest repairs; otherwise with the last one. Default true.</param>
/// <param name="Explain">Whether a call explains each block before the program is written anew; without it a repair is one call that reads the trace itself. Default true.</param>
/// <param name="TraceSlot">What fills the trace's place in the prompt. Default real.</param>
/// <param name="Tests">Visible tests such as <c>f(3) == 6</c>. Default null: the examples in the question.</param>
public sealed record CodePipelineSettings(
    CodeFlow Flow = CodeFlow.Debug,
    CodeLanguage Language = CodeLanguage.Auto,
    int MaxTesterFixes = 3,
    int? MaxRepairs = null,
    int TraceCap = 10,
    int ValueCap = 100,
    double TimeoutSeconds = 5,
    bool KeepBest = true,
    bool Explain = true,
    TraceSlot TraceSlot = TraceSlot.Real,
    IReadOnlyList<string>? Tests = null)
{
    private const int DefaultRepairs = 10;
    private const int DefaultRepairsAfterRoles = 4;
    private const int MaximumTests = 100;

    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["flow"] = "steps: basic, ac, act, debug, ac-debug, act-debug (default debug)",
        ["language"] = "language of the programs: auto, mini, python, csharp (default auto: read from the question)",
        ["maxTesterFixes"] = "fixes of the tester loop (default 3)",
        ["maxRepairs"] = "repairs of the debug loop (default 10 for debug, 4 for ac-debug and act-debug)",
        ["traceCap"] = "block visits in the prompt, the first and the last (default 10)",
        ["valueCap"] = "characters of a value in the prompt (default 100)",
        ["timeoutSeconds"] = "limit of each test and each traced run (default 5)",
        ["keepBest"] = "answer with the program that passed most visible tests instead of the last one (default true)",
        ["explain"] = "explain the blocks in a call of its own before each repair (default true)",
        ["traceSlot"] = "what fills the trace's place in the prompt: real, source, none (default real)",
        ["tests"] = "visible tests, for example [\"f(3) == 6\"] (default: the examples in the question)",
    };

    /// <summary>Gets the flow as the settings name it.</summary>
    internal string FlowName => Flow switch
    {
        CodeFlow.Basic => "basic",
        CodeFlow.AnalystCoder => "ac",
        CodeFlow.AnalystCoderTester => "act",
        CodeFlow.Debug => "debug",
        CodeFlow.AnalystCoderDebug => "ac-debug",
        _ => "act-debug",
    };

    /// <summary>Gets whether the analyst plans first.</summary>
    internal bool Plans => Flow is not (CodeFlow.Basic or CodeFlow.Debug);

    /// <summary>Gets whether the tester loop runs.</summary>
    internal bool Reviews => Flow is CodeFlow.AnalystCoderTester or CodeFlow.AnalystCoderTesterDebug;

    /// <summary>Gets whether programs are run.</summary>
    internal bool Debugs => Flow is CodeFlow.Debug or CodeFlow.AnalystCoderDebug or CodeFlow.AnalystCoderTesterDebug;

    /// <summary>Gets the repairs of the debug loop.</summary>
    internal int Repairs => MaxRepairs ?? (Flow == CodeFlow.Debug ? DefaultRepairs : DefaultRepairsAfterRoles);

    /// <summary>Gets the limits of each run.</summary>
    internal RunLimits Limits => new(TimeSpan.FromSeconds(TimeoutSeconds));

    /// <summary>Reads the settings of a request.</summary>
    /// <param name="options">Options of the request.</param>
    /// <exception cref="ArgumentException">A name is unknown or values are out of range; all are listed.</exception>
    internal static CodePipelineSettings Read(StrategyOptions options)
    {
        CodePipelineSettings settings = StrategySettings.Read(options, CodePipelineStrategy.Id, new CodePipelineSettings(), SettingsJson.Default.CodePipelineSettings, Descriptions);
        string[] unreadable = [.. (settings.Tests ?? []).Where(test => VisibleTests.Parse(test) is null)];
        new SettingRules(CodePipelineStrategy.Id)
            .Require(Enum.IsDefined(settings.Flow), $"flow is {settings.Flow}, it must be basic, ac, act, debug, ac-debug or act-debug")
            .Require(Enum.IsDefined(settings.Language), $"language is {settings.Language}, it must be auto, mini, python or csharp")
            .Require(Enum.IsDefined(settings.TraceSlot), $"traceSlot is {settings.TraceSlot}, it must be real, source or none")
            .Require(settings.MaxTesterFixes is >= 0 and <= 20, $"maxTesterFixes is {settings.MaxTesterFixes}, it must lie in 0 … 20")
            .Require(settings.Repairs is >= 0 and <= 100, $"maxRepairs is {settings.MaxRepairs}, it must lie in 0 … 100")
            .Require(settings.TraceCap is >= 2 and <= 1000, $"traceCap is {settings.TraceCap}, it must lie in 2 … 1000")
            .Require(settings.ValueCap is >= 10 and <= 10_000, $"valueCap is {settings.ValueCap}, it must lie in 10 … 10000")
            .Require(settings.TimeoutSeconds is > 0 and <= 60, $"timeoutSeconds is {settings.TimeoutSeconds}, it must be above 0 and at most 60")
            .Require(settings.Tests is null or { Count: >= 1 and <= MaximumTests }, $"tests has {settings.Tests?.Count} entries, give 1 … {MaximumTests} or leave it out for the examples in the question")
            .Require(unreadable.Length == 0, $"the test '{unreadable.FirstOrDefault()}' is not of the form 'f(3) == 6'")
            .ThrowIfBroken();
        return settings;
    }
}
