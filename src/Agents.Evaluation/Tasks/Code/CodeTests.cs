using Agents.Programs;

namespace Agents.Evaluation.Tasks.Code;

/// <summary>Draws the tests of a problem: visible and hidden ones on different inputs, both deciding between the readings of its words.</summary>
internal static class CodeTests
{
    public const int Visible = 3;
    public const int Hidden = 20;
    private const int Attempts = 40;
    private const int InputAttempts = 2_000;

    public static (IReadOnlyList<ProgramTest> Visible, IReadOnlyList<ProgramTest> Hidden) Draw(CodePlan plan)
    {
        MiniProgram program = Parse(plan.Spec);
        MiniProgram[] readings = [.. CodeDraws.Readings(plan.Spec, plan.Vagueness).Where(reading => reading != plan.Spec).Select(Parse)];
        var stream = new SampleStream(plan.TestKey);
        IReadOnlyList<ProgramTest> visible = Draw(plan.Spec, program, readings, [], Visible, ref stream);
        return (visible, Draw(plan.Spec, program, readings, visible, Hidden, ref stream));
    }

    /// <summary>Draws tests with other inputs than earlier ones, again and again until no other reading of the words passes them all; gives up after some attempts.</summary>
    private static List<ProgramTest> Draw(
        CodeSpec spec, MiniProgram program, MiniProgram[] readings, IReadOnlyList<ProgramTest> earlier, int count, ref SampleStream stream)
    {
        HashSet<string> used = [];
        var tests = new List<ProgramTest>(count);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            used.Clear();
            used.UnionWith(earlier.Select(test => test.Arguments[0].ToString()));
            tests.Clear();
            while (tests.Count < count)
            {
                tests.Add(Test(spec, program, count == Visible, used, ref stream));
            }

            if (tests.Select(test => test.Expected).Distinct().Count() > 1 && readings.All(reading => !TestRun.PassesAll(reading, tests)))
            {
                break;
            }
        }

        return tests;
    }

    private static MiniProgram Parse(CodeSpec spec) =>
        MiniProgram.TryParse(CodeProgramWriter.Write(spec), out MiniProgram? program, out ProgramFailure? failure)
            ? program
            : throw new EvaluationException($"The reference program of a code task does not parse: {failure}.");

    private static ProgramTest Test(CodeSpec spec, MiniProgram program, bool shown, HashSet<string> used, ref SampleStream stream)
    {
        for (int attempt = 0; attempt < InputAttempts; attempt++)
        {
            ProgramValue input = Input(spec, shown, ref stream);
            if (program.Run([input]).Value is { } expected && used.Add(input.ToString()))
            {
                return new ProgramTest([input], expected);
            }
        }

        throw new EvaluationException("A code task has too few inputs with a value; its ranges must be wider.");
    }

    private static ProgramValue Input(CodeSpec spec, bool shown, ref SampleStream stream)
    {
        switch (spec.Source)
        {
            case CodeSource.Range:
                return new ProgramValue(stream.Between(shown ? 2 : 0, shown ? 12 : 30));
            case CodeSource.Digits:
                return new ProgramValue(stream.NextInt(shown ? 1_000 : stream.Pick<int>([100, 1_000, 100_000])));
            default:
                var items = new long[shown ? stream.Between(1, 4) : stream.Between(0, 6)];
                for (int i = 0; i < items.Length; i++)
                {
                    items[i] = shown || stream.Chance(0.8) ? stream.NextInt(11) : stream.NextInt(21);
                }

                return ProgramValue.List(items);
        }
    }
}
