using Agents.CodeRunner.Compilation;
using Agents.CodeRunner.Tracing;

namespace Agents.CodeRunner.Execution;

/// <summary>Runs the tests of a program, each on static fields of its own. Who started this process watches the time.</summary>
internal static class TestRun
{
    private const int StackSize = 16 << 20;

    /// <summary>Compiles and runs.</summary>
    /// <param name="source">The program.</param>
    /// <param name="tests">Calls and expected values.</param>
    /// <param name="channel">Where results go.</param>
    public static void Execute(string source, IReadOnlyList<(string Call, string Expected)> tests, AnswerChannel channel)
    {
        CompiledProgram? program = SourceProgram.Parse(source, tests.Select(test => test.Call)).Compile(tests, out Dictionary<int, string> errors);
        if (errors.TryGetValue(-1, out string? broken))
        {
            channel.Failed(broken);
            return;
        }

        for (int i = 0; i < tests.Count; i++)
        {
            channel.Start(i);
            (bool passed, string? actual, string? error) = errors.TryGetValue(i, out string? unreadable) || program is null ? (false, null, unreadable) : OnOwnThread(program, i);
            int index = i;
            channel.Write(json =>
            {
                json.WriteNumber("test", index);
                json.WriteBoolean("passed", passed);
                if (actual is not null)
                {
                    json.WriteString("actual", actual);
                }

                if (error is not null)
                {
                    json.WriteString("error", error);
                }
            });
        }
    }

    private static (bool Passed, string? Actual, string? Error) OnOwnThread(CompiledProgram program, int index)
    {
        (bool, string?, string?) result = default;
        var thread = new Thread(() => result = Test(program, index), StackSize) { IsBackground = true };
        thread.Start();
        thread.Join();
        return result;
    }

    private static (bool Passed, string? Actual, string? Error) Test(CompiledProgram program, int index)
    {
        try
        {
            (Func<object?> call, Func<object?> expected) = program.Load(index);
            object? value = call();
            string actual = ValueText.Of(value);
            return (ValueEquality.Same(value, expected()), actual, null);
        }
        catch (Exception error)
        {
            // Whatever a program throws is its result.
            return (false, null, Failure.Of(error));
        }
    }
}
