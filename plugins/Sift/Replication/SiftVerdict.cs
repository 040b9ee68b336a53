using System.Globalization;
using Agents.Replication;

namespace Agents.Plugins.Sift.Replication;

/// <summary>Joins the findings of the conditions: the effect is shown where it shows against every control in each of them.</summary>
internal static class SiftVerdict
{
    /// <summary>The effect that a full run has to be able to see, in shares of one.</summary>
    private const double EffectOfInterest = 0.05;

    /// <summary>Writes the result.</summary>
    /// <param name="findings">Findings of every condition; the first one is the one whose comparison at equal calls stands for the claim.</param>
    /// <param name="size">Sizes.</param>
    public static ReplicationFindings Write(IReadOnlyList<SiftFindings> findings, SiftSize size)
    {
        (EffectVerdict verdict, string why) = Judge(findings);
        return new ReplicationFindings
        {
            Verdict = verdict,
            Explanation = why,
            Primary = findings[0].Equal,
            Arms = [.. findings.SelectMany(one => one.Runs)],
            Comparisons = [.. findings.SelectMany(one => one.Comparisons)],
            Checks = [.. findings.SelectMany(one => one.Checks)],
            Tables = [.. findings.SelectMany(one => one.Tables)],
            Setup =
            [
                string.Create(CultureInfo.InvariantCulture, $"{size.Items} word problems per seed and condition that can be misread (a number that is not needed, or \"half\"), test split of the arithmetic family; every seed has its own questions and samples."),
                .. findings.Select(one => one.Condition).Select(condition => string.Create(
                    CultureInfo.InvariantCulture,
                    $"Condition \"{condition.Name}\": method and plain answer at temperature {condition.Temperature}, votes at {condition.VoteTemperature}; questions of {string.Join(" and ", condition.Levels)} steps in equal shares.")),
                "\"Equal calls\": for every question as many samples as the method made calls for it.",
                "Stickers are scored line by line against the facts that the question was generated from, what is asked included.",
            ],
            Notes =
            [
                "The model was trained on every role of the method (docs/tiny.md): a model of this size cannot follow instructions it never saw. A quarter of its stickers drifted in training, a fifth of the plain solutions of questions that can be misread were misread.",
                "Only greedy decoding was planned, as in the paper. A first quick run (100 test questions of 4 and 5 steps) showed that the greedy model hardly misreads (98 % of the facts in its stickers) and errs in calculation instead, "
                    + "so the condition that samples at the rates of the training data was added before any other run. Its levels, and those of the greedy one, were chosen on the validation split.",
                "In the sampled condition the plain answer decoded greedily would be right far more often than anything there (about 86 % on the validation split): sampling stands for misreading, it is no way to use the model.",
                "Intervals cluster by question; the model is one, so they do not cover what another training run of it would change.",
            ],
        };
    }

    private static (EffectVerdict Verdict, string Why) Judge(IReadOnlyList<SiftFindings> findings)
    {
        (string Control, ArmComparison Comparison)[] controls =
        [
            .. findings.SelectMany(one => new[] { ($"{one.Condition.Name}, plain answer", one.Plain), ($"{one.Condition.Name}, vote at equal calls", one.Equal) }),
        ];
        string figures = string.Join("; ", controls.Select(control => $"{control.Control}: {SiftFindings.Points(control.Comparison)}"));
        string[] better = [.. controls.Where(control => control.Comparison.IsBetter).Select(control => control.Control)];
        return better.Length == controls.Length ? (EffectVerdict.Shown, $"Better than every control. {figures}.")
            : better.Length > 0 ? (EffectVerdict.ShownAgainstSome, $"Better than some controls only ({string.Join("; ", better)}). {figures}.")
            : findings[0].Plain.MinimumDetectableEffect > EffectOfInterest
                ? (EffectVerdict.Underpowered, string.Create(CultureInfo.InvariantCulture, $"Nothing shows, and {100 * EffectOfInterest:0} points could not have been seen. {figures}."))
                : (EffectVerdict.NotShown, $"Better than no control. {figures}.");
    }
}
