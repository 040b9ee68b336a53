using System.Collections.Immutable;
using System.Globalization;
using Agents.Training.Data;

namespace Agents.Training.Preflight;

/// <summary>Looks at the examples of a preference run before its first step: lengths, equal completions, duplicates, contradictions, one-sided labels.</summary>
public static class PreferencePreflight
{
    /// <summary>Chosen completions that are this many times as long as rejected ones teach length first of all.</summary>
    private const double LengthBias = 1.5;

    /// <summary>Examines examples.</summary>
    /// <param name="source">The examples.</param>
    /// <param name="rowsPerBatch">Rows that prompt and completion of both sides may have together.</param>
    /// <param name="contextLength">The model's context.</param>
    /// <param name="examples">How many are looked at, from the first one on. Default 2,048.</param>
    public static PreflightReport Examine(IPreferenceSource source, int rowsPerBatch, int contextLength, int examples = 2_048)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowsPerBatch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(contextLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(examples);
        int count = (int)Math.Min(examples, source.Count);
        if (count == 0)
        {
            return new PreflightReport { Findings = [SupervisedPreflight.Empty] };
        }

        PreferenceExample[] all = [.. Enumerable.Range(0, count).Select(i => source.Get(i))];
        int[] rows = [.. all.Select(Rows)];
        int tooLong = all.Where((example, i) => rows[i] > rowsPerBatch || Longest(example) > contextLength).Count();
        int equal = all.Count(IsEqual);
        (int duplicates, int opposed) = Repeated(all);
        return new PreflightReport
        {
            Findings = [Data(source, all, equal, duplicates, opposed), Length(rows, tooLong, rowsPerBatch, contextLength), .. Bias(all)],
            Numbers = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal)
                .Add("contradictions", opposed)
                .Add("duplicates", duplicates)
                .Add("equalPairs", equal)
                .Add("examples", count)
                .Add("tokens.maximum", rows.Max())
                .Add("tokens.mean", rows.Average())
                .Add("tooLong", tooLong),
        };
    }

    private static int Rows(PreferenceExample example) => example.Completions.Sum(completion => example.PromptTokenIds.Length + completion.Length);

    private static int Longest(PreferenceExample example) => example.PromptTokenIds.Length + example.Completions.Max(completion => completion.Length);

    private static bool IsEqual(PreferenceExample example) => example.Completions is [var chosen, var rejected] && chosen.AsSpan().SequenceEqual(rejected);

    /// <summary>Counts examples that occurred before, and those that occurred before the other way round.</summary>
    private static (int Duplicates, int Opposed) Repeated(PreferenceExample[] all)
    {
        HashSet<int[]> seen = new(TokenSequences.Instance);
        int duplicates = 0;
        int opposed = 0;
        foreach (PreferenceExample example in all)
        {
            bool turned = example.Completions is [var chosen, var rejected]
                ? seen.Contains(Key(example, [rejected, chosen], 1)) && !chosen.AsSpan().SequenceEqual(rejected)
                : seen.Contains(Key(example, example.Completions, -example.Labels[0]));
            opposed += turned ? 1 : 0;
            duplicates += seen.Add(Key(example, example.Completions, example.Labels[0])) ? 0 : 1;
        }

        return (duplicates, opposed);
    }

    private static int[] Key(PreferenceExample example, ImmutableArray<int[]> completions, double label) =>
        [Math.Sign(label), example.PromptTokenIds.Length, .. example.PromptTokenIds, .. completions.SelectMany(completion => completion.Prepend(completion.Length))];

    private static PreflightFinding Data(IPreferenceSource source, PreferenceExample[] all, int equal, int duplicates, int opposed)
    {
        bool pairs = all[0].Completions.Length == 2;
        int wanted = all.Count(example => example.Labels[0] > 0);
        string kind = pairs
            ? string.Create(CultureInfo.InvariantCulture, $"{equal} pairs have equal completions")
            : string.Create(CultureInfo.InvariantCulture, $"{wanted} wanted and {all.Length - wanted} unwanted completions");
        string measured = string.Create(
            CultureInfo.InvariantCulture, $"{all.Length} examples looked at of {source.Count}; {kind}, {duplicates} duplicates, {opposed} contradictions.");
        if (pairs && equal == all.Length)
        {
            return new PreflightFinding("data", PreflightVerdict.Refuse, $"{measured} Chosen and rejected are the same everywhere; nothing could be learned. Check how the pairs were made.");
        }

        return equal + opposed > 0
            ? new PreflightFinding("data", PreflightVerdict.Warn, $"{measured} Such pairs teach nothing; remove them.")
            : new PreflightFinding("data", PreflightVerdict.Go, measured);
    }

    private static PreflightFinding Length(int[] rows, int tooLong, int rowsPerBatch, int contextLength)
    {
        LengthSpread spread = LengthSpread.Of(rows);
        string measured = string.Create(
            CultureInfo.InvariantCulture, $"Tokens per example, both sides: {SupervisedPreflight.Describe(spread)}; limits: {rowsPerBatch} rows, context {contextLength}.");
        return tooLong == 0
            ? new PreflightFinding("length", PreflightVerdict.Go, measured)
            : new PreflightFinding("length", PreflightVerdict.Refuse, string.Create(CultureInfo.InvariantCulture, $"{measured} {tooLong} of {spread.Count} examples do not fit. Raise the rows per batch to at least {spread.Maximum}, or drop long examples."));
    }

    private static IEnumerable<PreflightFinding> Bias(PreferenceExample[] all)
    {
        if (all[0].Completions.Length != 2)
        {
            yield break;
        }

        double chosen = all.Average(example => example.Completions[0].Length);
        double rejected = all.Average(example => example.Completions[1].Length);
        string measured = string.Create(CultureInfo.InvariantCulture, $"Chosen completions have {chosen:F1} tokens on average, rejected ones {rejected:F1}.");
        yield return chosen > LengthBias * rejected || rejected > LengthBias * chosen
            ? new PreflightFinding("length", PreflightVerdict.Warn, $"{measured} Such data teaches length first; balance it, or use an objective that divides by length.")
            : new PreflightFinding("length", PreflightVerdict.Go, measured);
    }
}
