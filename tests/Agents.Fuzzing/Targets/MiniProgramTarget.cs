using System.Text;
using Agents.Fuzzing.Engine;
using Agents.Programs;
using Agents.Programs.Flow;
using Agents.Programs.Mutation;

namespace Agents.Fuzzing.Targets;

/// <summary>Programs of the mini-language as models write them: finding, parsing, running, tracing and mutating, all within limits and without an exception.</summary>
public sealed class MiniProgramTarget : IFuzzTarget
{
    private const int MutatedLength = 200;
    private static readonly ProgramLimits Limits = new() { Steps = 200 };

    /// <inheritdoc/>
    public string Name => "mini-program";

    /// <inheritdoc/>
    public long AllocationBase => 64L << 20;

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. ((string[])["f(", "n", "l", "):", "s=", "0", "999", ";", "while ", "if ", "else:{", ":{", "}", "return ", "<=", "==", "!=", "+", "-", "*", "/", "%", "#", "[", "]", "(", ")", ",", " and ", " or ", "answer: ", "```", "f(3)=6", "é", "😀"])
            .Select(Encoding.UTF8.GetBytes),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds() =>
    [
        .. ((string[])
        [
            "f(n):s=0;i=1;while i<=n:{s=s+i;i=i+1}return s",
            "answer: f(l):s=0;i=0;while i<#l:{x=l[i];if x%2==1 and x>3:{s=s+x*x}else:{s=s-1}i=i+1}return s*2",
            "f(l): sum of items; f([1,2])=3; f([])=0\n```\nf(l):return [1,-l[0]]+l\n```",
        ]).Select(Encoding.UTF8.GetBytes),
    ];

    /// <inheritdoc/>
    public void Read(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        IReadOnlyList<ProgramTest> tests = ProgramTest.FindAll(text);
        if (!MiniProgram.TryParse(ProgramText.Find(text) ?? text, out MiniProgram? program, out ProgramFailure? refused))
        {
            Refuse(refused);
            return;
        }

        ProgramValue[] arguments = [.. Enumerable.Range(0, program.Parameters).Select(i => i % 2 == 0 ? new ProgramValue(7) : ProgramValue.List(3, 1))];
        BlockTrace trace = BlockTracer.Trace(program, arguments, Limits);
        _ = TraceText.Write(trace);
        _ = TestRun.Of(program, tests, Limits);
        if (program.Text.Length <= MutatedLength)
        {
            foreach (ProgramMutation mutation in ProgramMutations.Of(program))
            {
                _ = mutation.Program.Run(arguments, Limits);
            }
        }

        if (trace.Result.Failure is { } failure)
        {
            Refuse(failure);
        }
    }

    /// <inheritdoc/>
    public bool IsNamed(Exception error) => error is FailedException;

    /// <summary>Throws from one place per kind: places are what the fuzzer tells behaviours apart by.</summary>
    private static void Refuse(ProgramFailure failure)
    {
        switch (failure.Kind)
        {
            case ProgramFailureKind.Syntax:
                throw new FailedException(failure.Message);
            case ProgramFailureKind.Limit:
                throw new FailedException(failure.Message);
            case ProgramFailureKind.Type:
                throw new FailedException(failure.Message);
            case ProgramFailureKind.Missing:
                throw new FailedException(failure.Message);
            case ProgramFailureKind.Division:
                throw new FailedException(failure.Message);
            default:
                throw new FailedException(failure.Message);
        }
    }

    /// <summary>Tells the fuzzer which failure came as a value.</summary>
    private sealed class FailedException(string message) : Exception(message);
}
