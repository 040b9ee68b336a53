using System.Diagnostics;
using System.Globalization;
using Agents.Programs.Flow;
using Agents.Programs.Mutation;

namespace Agents.Programs.Tests;

/// <summary>Programs come from models: nothing that they are or do may throw, hang or take much memory.</summary>
public sealed class HostileTests
{
    private static readonly string[] Pieces =
    [
        "f(", "n", "l", "):", "s", "=", "0", "1", "12", ";", "while ", "if ", "else", ":{", "}", "return ", "i", "<", "<=", "==", "+", "-", "*", "/", "%", "#", "[", "]", "(", ")", ",", " and ", " or ", "\n", "é", "😀",
    ];

    [Fact]
    public void TryParse_RandomPieces_NeverThrows()
    {
        var stream = new SampleStream(1);
        int parsed = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string source = (i % 2 == 0 ? "f(n):" : "") + string.Concat(Enumerable.Range(0, stream.NextInt(40)).Select(_ => Pieces[stream.NextInt(Pieces.Length)]));
            if (MiniProgram.TryParse(source, out MiniProgram? program, out _))
            {
                parsed++;
                Assert.Equal(program.Text, Sources.Parse(program.Text).Text);
                _ = program.Run([Sources.Integer(5)]);
            }

            _ = ProgramTest.FindAll(source);
            _ = ProgramText.Find(source);
        }

        Assert.True(parsed > 50, parsed.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Run_MutantsOfMutants_EndWithAValueOrAFailure()
    {
        var limits = new ProgramLimits { Steps = 500 };
        var stream = new SampleStream(2);
        ProgramValue[] arguments = [Sources.Integer(7), ProgramValue.List(4, 7, 0, 9)];
        int failed = 0;
        for (int i = 0; i < 300; i++)
        {
            MiniProgram program = Sources.Parse(i % 2 == 0 ? Sources.SumBelow : Sources.OddOver);
            for (int generation = 0; generation < 4; generation++)
            {
                IReadOnlyList<ProgramMutation> mutations = ProgramMutations.Of(program);
                program = mutations[stream.NextInt(mutations.Count)].Program;
            }

            foreach (ProgramValue argument in arguments)
            {
                ProgramResult plain = program.Run([argument], limits);
                BlockTrace traced = BlockTracer.Trace(program, [argument], limits);
                Assert.Equal(plain.Value is null, plain.Failure is not null);
                Assert.Equal(plain.ToString(), traced.Result.ToString());
                Assert.InRange(traced.Visits.Count, 1, 10);
                Assert.NotEmpty(TraceText.Write(traced));
                failed += plain.Failure is null ? 0 : 1;
            }
        }

        Assert.InRange(failed, 50, 550);
    }

    [Fact]
    public void Run_ALineOfRandomArithmetic_AgreesWithPython()
    {
        string? python = Environment.GetEnvironmentVariable("AGENTS_ORACLE_PYTORCH");
        if (python is null || !File.Exists(python))
        {
            Assert.Skip("AGENTS_ORACLE_PYTORCH does not name a Python, so there is no second evaluator.");
        }

        var stream = new SampleStream(3);
        string[] expressions = [.. Enumerable.Range(0, 400).Select(_ => Draw(ref stream, 4))];
        string script = string.Join('\n', expressions.Select(expression => $"try: print({expression.Replace("/", "//", StringComparison.Ordinal)})\nexcept ZeroDivisionError: print('zero')"));
        using Process process = Process.Start(new ProcessStartInfo(python, "-") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write(script + "\n");
        process.StandardInput.Close();
        string[] expected = process.StandardOutput.ReadToEnd().TrimEnd().Split('\n');
        process.WaitForExit();

        Assert.Equal(expressions.Length, expected.Length);
        for (int i = 0; i < expressions.Length; i++)
        {
            ProgramResult result = Sources.Run("f():return " + expressions[i]);
            Assert.Equal(expected[i].Trim(), result.Failure?.Kind == ProgramFailureKind.Division ? "zero" : result.ToString());
        }
    }

    private static string Draw(ref SampleStream stream, int depth)
    {
        if (depth == 0 || stream.NextUnit() < 0.15)
        {
            return stream.NextInt(20).ToString(CultureInfo.InvariantCulture);
        }

        string left = Draw(ref stream, depth - 1);
        string sign = "+-*/%"[stream.NextInt(5)].ToString();
        string right = Draw(ref stream, depth - 1);
        return stream.NextInt(3) switch
        {
            0 => $"({left}{sign}{right})",
            1 => $"-({left}){sign}{right}",
            _ => left + sign + right,
        };
    }
}
