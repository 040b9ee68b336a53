using Agents.Plugins.CodePipeline.Python;
using Agents.Plugins.CodePipeline.Running;
using Agents.Plugins.CodePipeline.Sandboxing;

namespace Agents.Plugins.CodePipeline.Tests.Sandboxing;

/// <summary>The real runners of this machine, or a skip that says why there are none.</summary>
internal static class SandboxFixture
{
    private static readonly Sandbox Sandbox = new();
    private static readonly PythonRunner PythonRunner = new(Sandbox);

    public static RunLimits Limits { get; } = new(TimeSpan.FromSeconds(2));

    public static Task<ICodeRunner> PythonAsync() => RequireAsync(PythonRunner);

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
