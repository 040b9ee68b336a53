using System.Globalization;
using System.Text;

namespace Agents.Benchmarks.Experiments;

/// <summary>The rows of a journal as Markdown tables: effect per arm over all seeds, cost, forgetting, and what each seed did.</summary>
/// <param name="rows">Rows of one experiment: for every seed the untrained model and any arms.</param>
/// <param name="family">The trained family.</param>
internal sealed class EffectReport(IReadOnlyList<EffectRow> rows, string family)
{
    private string[] Arms => [.. rows.Select(row => row.Arm).Where(arm => arm != EffectRow.Base).Distinct()];

    /// <summary>Writes all tables.</summary>
    public string Write()
    {
        StringBuilder text = new();
        text.AppendLine("| arm | seeds | questions | before | after | difference | 95 % interval | p (McNemar) | by seed |").AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (string arm in Arms)
        {
            EffectEstimate effect = Effect(arm, family);
            string bySeed = string.Join(", ", Of(arm).Select(row => Signed(EffectEstimate.Of([(Start(row).Answers[family], row.Answers[family])]).Difference.Difference)));
            Line(text, $"| {arm} | {Of(arm).Length} | {effect.Questions} | {effect.Before:P1} | {effect.After:P1} | **{Signed(effect.Difference.Difference)}** | {Signed(effect.Difference.Interval.Low)} to {Signed(effect.Difference.Interval.High)} | {effect.Probability:0.0e+0} | {bySeed} |");
        }

        text.AppendLine().AppendLine("| arm | updates | tokens trained (learned) | tokens sampled | wall s | processor s | share of wall time | KL to the start, nat per token (answer) |").AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (string arm in Arms)
        {
            EffectRow[] own = Of(arm);
            double Mean(Func<EffectRow, double> value) => own.Average(value);
            double seconds = own.Sum(row => row.Seconds);
            string phases = string.Join(", ", own.SelectMany(row => row.Phases).GroupBy(phase => phase.Key, StringComparer.Ordinal)
                .Select(phase => (phase.Key, Share: phase.Sum(entry => entry.Value) / seconds)).Where(phase => phase.Share >= 0.005).OrderByDescending(phase => phase.Share)
                .Select(phase => string.Create(CultureInfo.InvariantCulture, $"{phase.Key} {phase.Share:P0}")));
            Line(text, $"| {arm} | {Mean(row => row.Updates):F0} | {Mean(row => row.TrainedTokens) / 1e6:F2} M ({Mean(row => row.LearnedTokens) / 1e6:F2} M) | {Mean(row => row.SampledTokens) / 1e6:F2} M | {Mean(row => row.Seconds):F0} | {Mean(row => row.ProcessorSeconds):F0} | {phases} | {Mean(row => row.Divergence):F4} ({Mean(row => row.DivergencePerAnswer):F2}) |");
        }

        string[] others = [.. rows[0].Answers.Keys.Where(key => key != family)];
        if (others.Length > 0)
        {
            text.AppendLine().AppendLine($"| arm | {string.Join(" | ", others)} |").AppendLine($"|---|{string.Concat(others.Select(_ => "---|"))}");
            foreach (string arm in Arms)
            {
                text.AppendLine($"| {arm} | {string.Join(" | ", others.Select(other => Other(Effect(arm, other))))} |");
            }
        }

        return text.ToString();
    }

    private static string Other(EffectEstimate effect) => string.Create(
        CultureInfo.InvariantCulture,
        $"{effect.Before * 100:F1} → {effect.After * 100:F1} ({Signed(effect.Difference.Interval.Low)} to {Signed(effect.Difference.Interval.High)})");

    private static string Signed(double share) => (share * 100).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

    private EffectRow[] Of(string arm) => [.. rows.Where(row => row.Arm == arm).OrderBy(row => row.Seed)];

    private EffectRow Start(EffectRow row) => rows.First(start => start.Arm == EffectRow.Base && start.Seed == row.Seed);

    private EffectEstimate Effect(string arm, string of) => EffectEstimate.Of([.. Of(arm).Select(row => (Start(row).Answers[of], row.Answers[of]))]);
}
