using Agents.Plugins.CodePipeline.CSharp;
using Agents.Plugins.CodePipeline.Python;
using Agents.Plugins.CodePipeline.Running;
using Agents.Plugins.CodePipeline.Sandboxing;

namespace Agents.Plugins.CodePipeline.Tests.Sandboxing;

/// <summary>The real runners of this machine, or a skip that says why there are none.</summary>
internal static class SandboxFixture
{
    /// <summary>Tests with processes run one after another: they watch what is left behind, and a machine has few processors.</summary>
    public const string Collection = "processes";

    private static readonly Sandbox Sandbox = new();
    private static readonly PythonRunner PythonRunner = new(Sandbox);
    private static readonly CSharpRunner CSharpRunner = new(Sandbox);

    /// <summary>Generous, so that a busy machine fails no test; programs that never end are given less by their tests.</summary>
    public static RunLimits Limits { get; } = new(TimeSpan.FromSeconds(30));

    public static Task<ICodeRunner> PythonAsync() => RequireAsync(PythonRunner);

    public static Task<ICodeRunner> CSharpAsync() => RequireAsync(CSharpRunner);

    /// <summary>Runs one test of a C# program.</summary>
    public static async Task<CodeTestResult> CSharpTestAsync(string program, string call, string expected, RunLimits? limits = null)
    {
        ICodeRunner csharp = await CSharpAsync();
        return Assert.Single((await csharp.RunAsync(program, [new CodeTest(call, expected)], limits ?? Limits, TestContext.Current.CancellationToken)).Results);
    }

    /// <summary>Runs one test of a Python program.</summary>
    public static async Task<CodeTestResult> PythonTestAsync(string program, string call, string expected, RunLimits? limits = null)
    {
        ICodeRunner python = await PythonAsync();
        return Assert.Single((await python.RunAsync(program, [new CodeTest(call, expected)], limits ?? Limits, TestContext.Current.CancellationToken)).Results);
    }

    private static async Task<ICodeRunner> RequireAsync(SandboxedRunner runner)
    {
        try
        {
            await runner.RequireAsync(TestContext.Current.CancellationToken);
        }
        catch (CodePipelineException reason)
        {
            Assert.Skip(reason.Message);
        }

        return runner;
    }
}
