using System.Collections.Immutable;
using System.Globalization;
using Agents.Training.Data;

namespace Agents.Training.Preflight;

/// <summary>Looks at the examples of a supervised run before its first step: lengths against the limit, examples that teach nothing, duplicates.</summary>
public static class SupervisedPreflight
{
    private const double ManyDuplicates = 0.5;

    /// <summary>Examines examples.</summary>
    /// <param name="source">The examples.</param>
    /// <param name="packing">The limits.</param>
    /// <param name="examples">How many are looked at, from the first one on. Default 2,048.</param>
    public static PreflightReport Examine(ITrainingExampleSource source, PackingOptions packing, int examples = 2_048)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(packing);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(examples);
        int count = (int)Math.Min(examples, source.Count ?? long.MaxValue);
        if (count == 0)
        {
            return new PreflightReport { Findings = [Empty] };
        }

        List<int> lengths = new(count);
        HashSet<int[]> seen = new(count, TokenSequences.Instance);
        long tokens = 0;
        long learned = 0;
        int idle = 0;
        for (int i = 0; i < count; i++)
        {
            TrainingExample example = source.Get(i);
            lengths.Add(example.TokenIds.Length);
            tokens += example.TokenIds.Length;
            int targets = example.Weights.Skip(1).Take(Kept(packing)).Count(weight => weight != 0);
            learned += targets;
            idle += targets == 0 ? 1 : 0;
            seen.Add(example.TokenIds);
        }

        LengthSpread spread = LengthSpread.Of(lengths);
        return new PreflightReport
        {
            Findings = [Data(count, source.Count, tokens, learned, idle, count - seen.Count), Length(lengths, spread, packing)],
            Numbers = Numbers(spread, lengths.Count(length => length > packing.MaximumSequence), idle, count - seen.Count, (double)learned / Math.Max(1, tokens)),
        };
    }

    /// <summary>Gets what is said about data without examples.</summary>
    internal static PreflightFinding Empty { get; } =
        new("data", PreflightVerdict.Refuse, "The data has no examples. Check the path, the filters and the format of the data.");

    private static int Kept(PackingOptions packing) => packing.Overlong == OverlongPolicy.KeepStart ? packing.MaximumSequence - 1 : int.MaxValue;

    private static PreflightFinding Data(int count, long? all, long tokens, long learned, int idle, int duplicates)
    {
        string measured = string.Create(
            CultureInfo.InvariantCulture,
            $"{count} examples looked at{(all is { } known ? $" of {known}" : "")}, {tokens} tokens, {(double)learned / Math.Max(1, tokens):P0} of them learned; {duplicates} duplicates.");
        if (idle == count)
        {
            return new PreflightFinding("data", PreflightVerdict.Refuse, $"{measured} No example has a token to learn within the limit. Check which turns are learned, and the longest sequence.");
        }

        if (idle > 0)
        {
            return new PreflightFinding("data", PreflightVerdict.Warn, $"{measured} {idle} examples have no token to learn.");
        }

        // Endless sources draw small tasks again and again by design.
        return all is not null && duplicates > ManyDuplicates * count
            ? new PreflightFinding("data", PreflightVerdict.Warn, $"{measured} Most examples occur several times.")
            : new PreflightFinding("data", PreflightVerdict.Go, measured);
    }

    private static PreflightFinding Length(List<int> lengths, LengthSpread spread, PackingOptions packing)
    {
        int over = lengths.Count(length => length > packing.MaximumSequence);
        string measured = string.Create(CultureInfo.InvariantCulture, $"Lengths: {Describe(spread)}; limit {packing.MaximumSequence}.");
        if (over == 0)
        {
            return new PreflightFinding("length", PreflightVerdict.Go, measured);
        }

        string found = string.Create(CultureInfo.InvariantCulture, $"{measured} {over} of {spread.Count} examples are longer.");
        return packing.Overlong switch
        {
            OverlongPolicy.Refuse => new PreflightFinding("length", PreflightVerdict.Refuse, $"{found} Raise the longest sequence to {spread.Maximum}, or choose to keep the start or to split."),
            OverlongPolicy.KeepStart when over == spread.Count => new PreflightFinding("length", PreflightVerdict.Refuse, $"{found} Every example would lose its end. Raise the longest sequence."),
            OverlongPolicy.KeepStart => new PreflightFinding("length", PreflightVerdict.Warn, $"{found} Their ends are not learned."),
            _ => new PreflightFinding("length", PreflightVerdict.Go, $"{found} They are split."),
        };
    }

    /// <summary>Writes quantiles and histogram.</summary>
    /// <param name="spread">Lengths.</param>
    internal static string Describe(LengthSpread spread) => string.Create(
        CultureInfo.InvariantCulture,
        $"median {spread.Median}, 95% {spread.Percentile95}, longest {spread.Maximum} (up to {string.Join(", ", spread.Bins.Select(bin => string.Create(CultureInfo.InvariantCulture, $"{bin.Limit}: {bin.Count}")))})");

    private static ImmutableSortedDictionary<string, double> Numbers(LengthSpread spread, int over, int idle, int duplicates, double learned) =>
        ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal)
            .Add("duplicates", duplicates)
            .Add("examples", spread.Count)
            .Add("examplesWithoutTarget", idle)
            .Add("learnedShare", learned)
            .Add("tokens.mean", spread.Mean)
            .Add("tokens.maximum", spread.Maximum)
            .Add("tooLong", over);
}
