using Agents.Training.Errors;
using Agents.Training.Experience;
using Agents.Training.Guards;
using Agents.Training.Loops;

namespace Agents.Training.Tests.Guards;

public sealed class StepGuardTests
{
    private static readonly int[] Repeated = [.. Enumerable.Repeat(9, 23)];
    private static readonly int[] Distinct = [.. Enumerable.Range(0, 23)];

    public static TheoryData<string> Kinds => ["length", "repetition", "dead"];

    private static IStepGuard Create(string kind) => kind switch
    {
        "length" => new LengthGuard(new LengthGuardOptions { StartSteps = 2, Patience = 3 }),
        "repetition" => new RepetitionGuard(new RepetitionGuardOptions { StartSteps = 2, Patience = 3 }),
        _ => new DeadGroupGuard(new DeadGroupGuardOptions { Patience = 3 }),
    };

    private static ExperienceColumns Step(string kind, bool bad) => kind switch
    {
        "length" => StepRows.Lengths(bad ? 91 : 11, bad ? 89 : 9),
        "repetition" => StepRows.Of(StepRows.Row(bad ? Repeated : Distinct)),
        _ => bad ? StepRows.Groups([1, 1], [0, 0]) : StepRows.Groups([1, 0], [0, 0]),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Observe_GoodSteps_SaysNothing(string kind)
    {
        IStepGuard sut = Create(kind);
        for (int step = 1; step <= 20; step++)
        {
            GuardReport report = sut.Observe(step, Step(kind, bad: false));

            Assert.Null(report.Warning);
            Assert.Null(report.Stop);
            Assert.Single(report.Numbers);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Observe_BadStepsInARow_WarnsAtOnceAndStopsWhenPatienceEnds(string kind)
    {
        IStepGuard sut = Create(kind);
        sut.Observe(1, Step(kind, bad: false));
        sut.Observe(2, Step(kind, bad: false));

        GuardReport[] reports = [.. Enumerable.Range(3, 3).Select(step => sut.Observe(step, Step(kind, bad: true)))];

        Assert.All(reports, report => Assert.NotNull(report.Warning));
        Assert.Equal([null, null], reports[..2].Select(report => report.Stop));
        Assert.NotNull(reports[2].Stop);
        Assert.Contains("step 5", reports[2].Warning, StringComparison.Ordinal);
        Assert.Contains("3 steps in a row", reports[2].Warning, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Observe_AGoodStepInBetween_StartsCountingAgain(string kind)
    {
        IStepGuard sut = Create(kind);
        bool[] bad = [false, false, true, true, false, true, true, false, true];

        Assert.All(bad.Select((value, step) => sut.Observe(step + 1, Step(kind, value))), report => Assert.Null(report.Stop));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Restore_AfterAnyStep_GivesTheSameReports(string kind)
    {
        bool[] bad = [false, false, true, true, false, true, true, true, true];
        for (int split = 0; split <= bad.Length; split++)
        {
            IStepGuard whole = Create(kind);
            string[] expected = [.. bad.Select((value, step) => Describe(whole.Observe(step + 1, Step(kind, value))))];
            IStepGuard sut = Create(kind);
            List<string> actual = [];
            for (int step = 0; step < bad.Length; step++)
            {
                if (step == split)
                {
                    byte[] state = sut.Save();
                    sut = Create(kind);
                    sut.Restore(state);
                }

                actual.Add(Describe(sut.Observe(step + 1, Step(kind, bad[step]))));
            }

            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Restore_OtherBytes_IsNamed(string kind)
    {
        IStepGuard sut = Create(kind);

        Assert.Contains(sut.Name, Assert.Throws<CheckpointException>(() => sut.Restore([1, 2, 3])).Message, StringComparison.Ordinal);
        byte[] newer = sut.Save();
        newer[0] = 2;
        Assert.Contains("version 2", Assert.Throws<CheckpointException>(() => sut.Restore(newer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_CompletionsShrink_StopsWithItsOwnReason()
    {
        LengthGuard sut = new(new LengthGuardOptions { StartSteps = 1, Patience = 2 });
        sut.Observe(1, StepRows.Lengths(40, 60));

        GuardReport warning = sut.Observe(2, StepRows.Lengths(20));
        GuardReport first = sut.Observe(3, StepRows.Lengths(9));
        GuardReport second = sut.Observe(4, StepRows.Lengths(9));

        Assert.Contains("less than 0.5 times the 50.0", warning.Warning, StringComparison.Ordinal);
        Assert.Equal((null, ReinforcementStop.LengthCollapse), (first.Stop, second.Stop));
        Assert.Equal(0.18, second.Numbers[LengthGuard.NumberName], 12);
    }

    [Fact]
    public void Observe_CompletionsGrow_StopsWithItsOwnReason()
    {
        LengthGuard sut = new(new LengthGuardOptions { StartSteps = 1, Patience = 1 });
        sut.Observe(1, StepRows.Lengths(10));

        GuardReport report = sut.Observe(2, StepRows.Lengths(41));

        Assert.Equal(ReinforcementStop.LengthRunaway, report.Stop);
        Assert.Contains("41.0 tokens on average, more than 4 times the 10.0", report.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_OneTokenAnswersThatDouble_AreNoRunaway()
    {
        LengthGuard sut = new(new LengthGuardOptions { StartSteps = 1, Patience = 1 });
        sut.Observe(1, StepRows.Lengths(1, 1));

        Assert.Null(sut.Observe(2, StepRows.Lengths(8)).Warning);
        Assert.Null(sut.Observe(3, StepRows.Lengths(1)).Warning);
        Assert.NotNull(sut.Observe(4, StepRows.Lengths(17)).Stop);
    }

    [Fact]
    public void Observe_ForcedTokens_DoNotCountAsLength()
    {
        LengthGuard sut = new(new LengthGuardOptions { StartSteps = 1 });
        sut.Observe(1, StepRows.Lengths(10));
        ExperienceRow row = StepRows.Row([.. Enumerable.Range(0, 100)]);
        Array.Clear(row.Mask, 10, 90);

        Assert.Equal(1, sut.Observe(2, StepRows.Of(row)).Numbers[LengthGuard.NumberName]);
    }

    [Fact]
    public void Observe_ATaskThatAlwaysRepeats_IsNormalForItself()
    {
        RepetitionGuard sut = new(new RepetitionGuardOptions { StartSteps = 1, Patience = 1 });
        ExperienceColumns step = StepRows.Of(StepRows.Row(Repeated));

        Assert.Null(sut.Observe(1, step).Warning);
        Assert.Null(sut.Observe(2, step).Warning);
        Assert.Equal(0.95, sut.Observe(3, step).Numbers[RepetitionGuard.NumberName], 12);
    }

    [Fact]
    public void Observe_RepetitionsAppear_StopsWithItsOwnReason()
    {
        RepetitionGuard sut = new(new RepetitionGuardOptions { StartSteps = 1, Patience = 1 });
        sut.Observe(1, StepRows.Of(StepRows.Row(Distinct)));

        GuardReport warning = sut.Observe(2, StepRows.Of(StepRows.Row(Distinct), StepRows.Row(Distinct), StepRows.Row(Repeated)));
        GuardReport stop = sut.Observe(3, StepRows.Of(StepRows.Row(Distinct), StepRows.Row(Repeated)));

        Assert.Null(warning.Stop);
        Assert.Contains("0.2 above", warning.Warning, StringComparison.Ordinal);
        Assert.Equal(ReinforcementStop.Repetition, stop.Stop);
    }

    [Fact]
    public void Observe_AnswersTooShortToRepeat_HaveNoRate()
    {
        GuardReport report = new RepetitionGuard().Observe(1, StepRows.Lengths(1, 2, 4));

        Assert.Empty(report.Numbers);
        Assert.Null(report.Warning);
    }

    [Fact]
    public void Observe_DeadGroups_CountsThoseWithoutSignal()
    {
        DeadGroupGuard sut = new(new DeadGroupGuardOptions { WarnAbove = 0.5, StopAbove = 0.8, Patience = 1 });

        GuardReport warning = sut.Observe(1, StepRows.Groups([1, 0], [0, 0], [double.NaN, 1]));
        GuardReport stop = sut.Observe(2, StepRows.Groups([0, 0], [double.NaN, double.NaN]));

        Assert.Equal(2.0 / 3, warning.Numbers[DeadGroupGuard.NumberName], 12);
        Assert.Contains("2 of 3 groups of step 1 have no signal (mean reward 0.4)", warning.Warning, StringComparison.Ordinal);
        Assert.Null(warning.Stop);
        Assert.Equal(ReinforcementStop.DeadGroups, stop.Stop);
    }

    [Fact]
    public void Observe_NothingScored_SaysSo() =>
        Assert.Contains("(nothing scored)", new DeadGroupGuard().Observe(1, StepRows.Groups([double.NaN, double.NaN])).Warning, StringComparison.Ordinal);

    [Fact]
    public void Constructors_LimitsOutOfRange_NameThem()
    {
        ArgumentException length = Assert.Throws<ArgumentException>(() => new LengthGuard(new LengthGuardOptions { StartSteps = 0, WarnAbove = 1, WarnBelow = 1, LeastLength = 0 }));
        Assert.All(["steps at the start", "upper limits", "lower limits", "least length"], word => Assert.Contains(word, length.Message, StringComparison.Ordinal));
        ArgumentException repetition = Assert.Throws<ArgumentException>(() => new RepetitionGuard(new RepetitionGuardOptions { Size = 0, StopAbove = 0.1 }));
        Assert.All(["n-grams of 0", "limits"], word => Assert.Contains(word, repetition.Message, StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => new DeadGroupGuard(new DeadGroupGuardOptions { StopAbove = 1 }));
    }

    [Fact]
    public void Default_Guards_HaveNamesOfTheirOwn() => Assert.Equal(3, StepGuards.Default().Select(guard => guard.Name).Distinct().Count());

    private static string Describe(GuardReport report) => $"{string.Join(' ', report.Numbers)} | {report.Warning} | {report.Stop}";
}
