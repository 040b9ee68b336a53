using System.Globalization;
using Agents.Plugins.VerbalizedSampling.Diversity;
using Agents.Plugins.VerbalizedSampling.Typicality;
using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>The exact, tabular part of the check (papers/51 §5 A): no model, no chance.</summary>
internal static class GammaLaw
{
    private const double Tolerance = 1e-5;

    /// <summary>Checks the law on its given vectors.</summary>
    public static IReadOnlyList<FindingCheck> Check()
    {
        double[] reference = [0.5, 0.3, 0.2];
        double gamma = TypicalityLaw.Gamma(0.6, 0.2);
        double[] optimum = TypicalityLaw.Optimum(reference, gamma);
        double sharper = TypicalityLaw.Gamma(0.57, 0.1);
        double[] sharpest = TypicalityLaw.Optimum(reference, sharper);
        double slope = TypicalityAnalyzer.EstimateGamma([.. reference.Select(value => Math.Log(value))], [.. optimum.Select(value => Math.Log(value))]).Value;
        return
        [
            Table("tabular: alpha 0.6 and beta 0.2 sharpen (.5, .3, .2) to its 4th power, (.865651, .112188, .022161)", optimum, [0.865651, 0.112188, 0.022161]),
            Table("tabular: entropy falls from 1.02965 to 0.45473 nats, KL(reference‖optimum) = 0.460644", [Distributions.Entropy(reference), Distributions.Entropy(optimum), Distributions.KullbackLeibler(reference, optimum)], [1.02965, 0.45473, 0.460644]),
            Table("tabular: the slope of log optimum on log reference is gamma", [slope], [4]),
            Table("tabular: alpha 0.57 and beta 0.1 give gamma 6.7 and (.966383, .031533, .002084)", [sharper, .. sharpest], [6.7, 0.966383, 0.031533, 0.002084]),
            Table("tabular: alpha 0.6 prefers an answer that is 1.5 nats likelier with probability 0.710950", [TypicalityLaw.PreferenceProbability(0.6, 1.5)], [0.710950]),
        ];
    }

    private static FindingCheck Table(string statement, IReadOnlyList<double> found, IReadOnlyList<double> expected) => new(
        statement,
        found.Zip(expected, (value, wanted) => Math.Abs(value - wanted) <= Tolerance).All(close => close),
        string.Join(", ", found.Select(value => value.ToString("0.######", CultureInfo.InvariantCulture))));
}
