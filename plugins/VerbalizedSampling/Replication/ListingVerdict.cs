using System.Globalization;
using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>Decides the check by two figures per control: how close the methods are to the reference after alignment, and how far alignment moved each.</summary>
internal static class ListingVerdict
{
    /// <summary>Sharpening below which there was no collapse to undo (papers/51 §5, wrong if).</summary>
    public const double LeastGamma = 1.2;

    /// <summary>Nats below which nobody would care.</summary>
    private const double EffectOfInterest = 0.05;

    /// <summary>Decides. A control is beaten when verbalized lists are closer than it and their divergence rose less.</summary>
    /// <param name="gamma">Measured sharpening of the instance prompt.</param>
    /// <param name="levels">Verbalized lists against each control after alignment; below zero is closer to the reference.</param>
    /// <param name="rises">Their rise by alignment against that of each control, in the same order; below zero is less.</param>
    public static (EffectVerdict Verdict, string Explanation) Conclude(double gamma, IReadOnlyList<ArmComparison> levels, IReadOnlyList<ArmComparison> rises)
    {
        string figures = Text($"KL: {Join(levels)}. Rise of KL by alignment: {Join(rises)}.");
        if (!(gamma > LeastGamma))
        {
            return (EffectVerdict.NotShown, Text($"Preference training did not sharpen the instance prompt (gamma {gamma:0.00}), so there was no collapse to undo. {figures}"));
        }

        ArmComparison[] closer = [.. levels.Where(level => level.IsWorse)];
        int[] beaten = [.. Enumerable.Range(0, levels.Count).Where(i => levels[i].IsWorse && rises[i].IsWorse)];
        if (beaten.Length == levels.Count)
        {
            return (EffectVerdict.Shown, Text($"With the instance prompt sharpened by gamma {gamma:0.00}, verbalized lists are closer to the reference than every control, and alignment moved them away from it less than any. {figures}"));
        }

        // Not closer; or closer, but no less moved.
        List<string> misses = [];
        if (closer.Length < levels.Count)
        {
            misses.Add("not closer to the reference than " + Names(levels.Except(closer)));
        }

        int[] early = [.. Enumerable.Range(0, levels.Count).Where(i => levels[i].IsWorse && !rises[i].IsWorse)];
        if (early.Length > 0)
        {
            misses.Add("closer than " + Names(early.Select(i => levels[i])) + ", but alignment did not raise their divergence less than that of " + Names(early.Select(i => rises[i])) + ", so that lead is no doing of alignment");
        }

        string missed = string.Join("; ", misses);
        if (beaten.Length > 0)
        {
            return (EffectVerdict.ShownAgainstSome, Text($"With the instance prompt sharpened by gamma {gamma:0.00}, verbalized lists are closer to the reference than {Names(beaten.Select(i => levels[i]))} and were moved less; they are {missed}. {figures}"));
        }

        // What decides against the effect must have been measurable: where nothing was found, a difference of interest has to have been in reach.
        return Enumerable.Range(0, levels.Count).Select(i => levels[i].IsWorse ? rises[i] : levels[i]).All(one => !one.IsBetter && one.MinimumDetectableEffect > EffectOfInterest)
            ? (EffectVerdict.Underpowered, Text($"No control is beaten, and {EffectOfInterest} nats could not have been found: verbalized lists are {missed}. {figures}"))
            : (EffectVerdict.NotShown, Text($"No control is beaten: verbalized lists are {missed}. {figures}"));
    }

    private static string Join(IEnumerable<ArmComparison> comparisons) =>
        string.Join("; ", comparisons.Select(one => Text($"against {one.Baseline} {one.Difference:+0.000;-0.000} [{one.Low:+0.000;-0.000}, {one.High:+0.000;-0.000}]")));

    private static string Names(IEnumerable<ArmComparison> comparisons) => string.Join(" and ", comparisons.Select(one => one.Baseline));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
