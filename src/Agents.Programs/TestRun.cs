namespace Agents.Programs;

/// <summary>Runs programs against lists of tests. All must pass; the first failing one is the one to work on.</summary>
/// <param name="Outcomes">One outcome per test, in order.</param>
public sealed record TestRun(IReadOnlyList<TestOutcome> Outcomes)
{
    /// <summary>Gets whether all tests passed.</summary>
    public bool Passed => FirstFailing < 0;

    /// <summary>Gets how many tests passed.</summary>
    public int PassedCount => Outcomes.Count(outcome => outcome.Passed);

    /// <summary>Gets the index of the first failing test; -1 when all passed.</summary>
    public int FirstFailing
    {
        get
        {
            for (int i = 0; i < Outcomes.Count; i++)
            {
                if (!Outcomes[i].Passed)
                {
                    return i;
                }
            }

            return -1;
        }
    }

    /// <summary>Runs all tests.</summary>
    /// <param name="program">The program.</param>
    /// <param name="tests">The tests.</param>
    /// <param name="limits">Bounds of each, or null for the defaults.</param>
    public static TestRun Of(MiniProgram program, IReadOnlyList<ProgramTest> tests, ProgramLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(tests);
        return new TestRun([.. tests.Select(test => test.Check(program, limits))]);
    }

    /// <summary>Runs tests until one fails: cheaper than <see cref="Of"/> where only the verdict counts.</summary>
    /// <param name="program">The program.</param>
    /// <param name="tests">The tests.</param>
    /// <param name="limits">Bounds of each, or null for the defaults.</param>
    public static bool PassesAll(MiniProgram program, IReadOnlyList<ProgramTest> tests, ProgramLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(tests);
        return tests.All(test => test.Check(program, limits).Passed);
    }
}
