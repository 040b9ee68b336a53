using Agents.Training.Data;
using Agents.Training.Errors;
using Agents.Training.Preflight;

namespace Agents.Training.Tests.Preflight;

public sealed class DataPreflightTests
{
    private static readonly PackingOptions Packing = new() { MaximumSequence = 8, RowsPerBatch = 16, TokensPerStep = 16 };

    private static InMemoryExampleSource Texts(params int[] lengths) =>
        new(lengths.Select((length, i) => TrainingExample.Text([.. Enumerable.Range(i, length)])));

    private static PreflightFinding Of(PreflightReport report, string subject) => report.Findings.First(finding => finding.Subject == subject);

    [Fact]
    public void Examine_ExamplesWithinTheLimit_SaysGoWithAHistogram()
    {
        PreflightReport report = SupervisedPreflight.Examine(Texts(2, 3, 4, 8), Packing);

        Assert.Equal(PreflightVerdict.Go, report.Verdict);
        Assert.Contains("median 3, 95% 8, longest 8 (up to 2: 1, 4: 2, 8: 1); limit 8", Of(report, "length").Text, StringComparison.Ordinal);
        Assert.Equal((4, 0, 4.25), (report.Numbers["examples"], report.Numbers["tooLong"], report.Numbers["tokens.mean"]));
    }

    [Theory]
    [InlineData(OverlongPolicy.Refuse, PreflightVerdict.Refuse)]
    [InlineData(OverlongPolicy.KeepStart, PreflightVerdict.Warn)]
    [InlineData(OverlongPolicy.Split, PreflightVerdict.Go)]
    public void Examine_SomeTooLong_AreCountedBeforeTheFirstStep(OverlongPolicy policy, PreflightVerdict expected)
    {
        PreflightReport report = SupervisedPreflight.Examine(Texts(4, 9, 12), Packing with { Overlong = policy });

        Assert.Equal(expected, report.Verdict);
        Assert.Contains("2 of 3 examples are longer", Of(report, "length").Text, StringComparison.Ordinal);
        Assert.Equal(2, report.Numbers["tooLong"]);
    }

    [Fact]
    public void Examine_AllTooLongForTheirStart_IsRefused()
    {
        PreflightReport report = SupervisedPreflight.Examine(Texts(9, 12), Packing with { Overlong = OverlongPolicy.KeepStart });

        Assert.Contains("Every example would lose its end", Assert.Throws<PreflightException>(report.ThrowIfRefused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Examine_EmptyData_IsRefused()
    {
        PreflightReport supervised = SupervisedPreflight.Examine(new EmptySource(), Packing);
        PreflightReport preference = PreferencePreflight.Examine(new EmptySource(), 16, 16);

        Assert.All(
            [supervised, preference],
            report => Assert.Contains("The data has no examples.", Assert.Throws<PreflightException>(report.ThrowIfRefused).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Examine_TargetsBehindTheLimit_TeachNothing()
    {
        InMemoryExampleSource source = new([TrainingExample.FromSpans([.. Enumerable.Range(0, 12)], new TargetSpan(8, 4)), TrainingExample.FromSpans([1, 2, 3], new TargetSpan(0, 1))]);

        PreflightReport report = SupervisedPreflight.Examine(source, Packing with { Overlong = OverlongPolicy.KeepStart });

        Assert.Contains("No example has a token to learn", Of(report, "data").Text, StringComparison.Ordinal);
        Assert.Equal(2, report.Numbers["examplesWithoutTarget"]);
        Assert.Equal(PreflightVerdict.Warn, Of(SupervisedPreflight.Examine(source, Packing with { Overlong = OverlongPolicy.Split }), "data").Verdict);
    }

    [Fact]
    public void Examine_ManyDuplicates_Warns()
    {
        InMemoryExampleSource source = new([.. Enumerable.Repeat(TrainingExample.Text([1, 2, 3]), 7), TrainingExample.Text([1, 2])]);

        PreflightReport report = SupervisedPreflight.Examine(source, Packing);

        Assert.Equal(PreflightVerdict.Warn, report.Verdict);
        Assert.Equal(6, report.Numbers["duplicates"]);
    }

    [Fact]
    public void Examine_EndlessSource_LooksAtAsManyAsAsked() =>
        Assert.Equal(50, SupervisedPreflight.Examine(new EndlessSource(), Packing, 50).Numbers["examples"]);

    [Fact]
    public void Examine_GoodPairs_SaysGo()
    {
        PreflightReport report = PreferencePreflight.Examine(
            new InMemoryPreferenceSource([PreferenceExample.Pair([1, 2], [3, 4], [5, 6]), PreferenceExample.Pair([1, 3], [3, 4, 4], [5, 6, 7])]), 16, 8);

        Assert.Equal(PreflightVerdict.Go, report.Verdict);
        Assert.Equal((10, 0, 0, 0), (report.Numbers["tokens.maximum"], report.Numbers["equalPairs"], report.Numbers["duplicates"], report.Numbers["contradictions"]));
    }

    [Fact]
    public void Examine_EqualCompletionsEverywhere_IsRefused()
    {
        InMemoryPreferenceSource source = new([PreferenceExample.Pair([1], [2, 3], [2, 3]), PreferenceExample.Pair([2], [4], [4])]);

        PreflightException error = Assert.Throws<PreflightException>(PreferencePreflight.Examine(source, 16, 16).ThrowIfRefused);

        Assert.Contains("2 pairs have equal completions", error.Message, StringComparison.Ordinal);
        Assert.Contains("Check how the pairs were made", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Examine_EqualDuplicateAndTurnedPairs_AreCounted()
    {
        InMemoryPreferenceSource source = new(
        [
            PreferenceExample.Pair([1], [2, 3], [4, 5]), PreferenceExample.Pair([1], [2, 3], [4, 5]), PreferenceExample.Pair([1], [4, 5], [2, 3]),
            PreferenceExample.Pair([1], [7], [7]),
        ]);

        PreflightReport report = PreferencePreflight.Examine(source, 16, 16);

        Assert.Equal(PreflightVerdict.Warn, report.Verdict);
        Assert.Equal((1, 1, 1), (report.Numbers["equalPairs"], report.Numbers["duplicates"], report.Numbers["contradictions"]));
    }

    [Theory]
    [InlineData(12, 16, 1)]
    [InlineData(64, 7, 1)]
    [InlineData(13, 8, 0)]
    public void Examine_PairsThatDoNotFit_AreCountedAndRefused(int rows, int context, int tooLong)
    {
        InMemoryPreferenceSource source = new([PreferenceExample.Pair([1, 2], [3, 4, 5, 6, 7, 8], [5, 6, 7]), PreferenceExample.Pair([1], [2], [3])]);

        PreflightReport report = PreferencePreflight.Examine(source, rows, context);

        Assert.Equal(tooLong, report.Numbers["tooLong"]);
        Assert.Equal(tooLong > 0 ? PreflightVerdict.Refuse : PreflightVerdict.Go, Of(report, "length").Verdict);
    }

    [Fact]
    public void Examine_LengthGivesTheAnswerAway_Warns()
    {
        InMemoryPreferenceSource source = new([PreferenceExample.Pair([1], [2, 3, 4, 5], [6])]);

        Assert.Contains(PreferencePreflight.Examine(source, 16, 16).Findings, finding => finding.Text.Contains("teaches length first", StringComparison.Ordinal));
    }

    [Fact]
    public void Examine_JudgedCompletions_CountsBothKindsAndContradictions()
    {
        InMemoryPreferenceSource source = new([PreferenceExample.Judged([1], [2, 3], true), PreferenceExample.Judged([1], [2, 3], false), PreferenceExample.Judged([1], [4], true)]);

        PreflightReport report = PreferencePreflight.Examine(source, 16, 16);

        Assert.Contains("2 wanted and 1 unwanted", Of(report, "data").Text, StringComparison.Ordinal);
        Assert.Equal(1, report.Numbers["contradictions"]);
    }

    private sealed class EmptySource : ITrainingExampleSource, IPreferenceSource
    {
        long? ITrainingExampleSource.Count => 0;

        long IPreferenceSource.Count => 0;

        public string Fingerprint => "empty";

        TrainingExample ITrainingExampleSource.Get(long index) => throw new InvalidOperationException();

        PreferenceExample IPreferenceSource.Get(long index) => throw new InvalidOperationException();
    }

    private sealed class EndlessSource : ITrainingExampleSource
    {
        public long? Count => null;

        public string Fingerprint => "endless";

        public TrainingExample Get(long index) => TrainingExample.Text([1, 2, 3]);
    }
}
