using Agents.Plugins.VerbalizedSampling.Diversity;
using Agents.Reasoning;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>What many responses to one question say about the distribution of its answers.</summary>
internal static class AnswerTally
{
    /// <summary>Pseudo-count of every right answer, so that an answer that never came does not make the divergence infinite; the same for all methods.</summary>
    private const double PseudoCount = 0.5;

    /// <summary>Returns KL(reference‖empirical) in nats over the right answers.</summary>
    /// <param name="reference">Right answers with their probabilities.</param>
    /// <param name="weights">Weight of each right answer in the responses; they need not sum to 1.</param>
    /// <param name="responses">Number of responses that the weights stand for.</param>
    public static double Divergence(IReadOnlyDictionary<string, double> reference, IReadOnlyDictionary<string, double> weights, int responses)
    {
        double total = weights.Values.Sum();
        double[] p = [.. reference.Values];
        double[] q = [.. reference.Keys.Select(answer => ((total > 0 ? weights.GetValueOrDefault(answer) / total * responses : 0) + PseudoCount) / (responses + (PseudoCount * reference.Count)))];
        return Distributions.KullbackLeibler(p, q);
    }

    /// <summary>Counts right answers.</summary>
    /// <param name="reference">Right answers.</param>
    /// <param name="answers">All answers that came.</param>
    public static Dictionary<string, double> Count(IReadOnlyDictionary<string, double> reference, IEnumerable<string> answers) =>
        answers.Where(reference.ContainsKey).GroupBy(answer => answer).ToDictionary(group => group.Key, group => (double)group.Count());

    /// <summary>Adds up the weights that candidates have in the strategy's distribution: what drawing from it gives.</summary>
    /// <param name="reference">Right answers.</param>
    /// <param name="candidates">The strategy's candidates.</param>
    public static Dictionary<string, double> Pooled(IReadOnlyDictionary<string, double> reference, WeightedCandidates candidates) =>
        candidates.Items.Where(item => reference.ContainsKey(item.Text)).GroupBy(item => item.Text).ToDictionary(group => group.Key, group => group.Sum(item => item.Weight));

    /// <summary>Averages the probability that is stated for an answer over the lists that have it: what the model says about each answer, however often it lists it.</summary>
    /// <param name="reference">Right answers.</param>
    /// <param name="candidates">The strategy's candidates.</param>
    public static Dictionary<string, double> Stated(IReadOnlyDictionary<string, double> reference, WeightedCandidates candidates) =>
        candidates.Items.Where(item => reference.ContainsKey(item.Text)).GroupBy(item => item.Text).ToDictionary(group => group.Key, group => group.Average(item => item.RawWeight));

    /// <summary>Normalizes every list by itself and adds the lists up: the averaged verbalized distribution of the paper.</summary>
    /// <param name="reference">Right answers.</param>
    /// <param name="candidates">The strategy's candidates.</param>
    public static Dictionary<string, double> Averaged(IReadOnlyDictionary<string, double> reference, WeightedCandidates candidates)
    {
        Dictionary<string, double> weights = [];
        foreach (IGrouping<int, WeightedCandidate> list in candidates.Items.GroupBy(item => item.Call))
        {
            double sum = list.Sum(item => item.RawWeight);
            foreach (WeightedCandidate item in list.Where(item => sum > 0 && reference.ContainsKey(item.Text)))
            {
                weights[item.Text] = weights.GetValueOrDefault(item.Text) + (item.RawWeight / sum);
            }
        }

        return weights;
    }

    /// <summary>Returns the figures of a tally that all methods share.</summary>
    /// <param name="reference">Right answers with their probabilities.</param>
    /// <param name="weights">Weight of each right answer.</param>
    /// <param name="answers">All answers that came, wrong ones too.</param>
    public static Dictionary<string, double> Figures(IReadOnlyDictionary<string, double> reference, IReadOnlyDictionary<string, double> weights, IReadOnlyList<string> answers)
    {
        double total = weights.Values.Sum();
        Dictionary<string, double> figures = new()
        {
            ["kl"] = Divergence(reference, weights, answers.Count),
            ["coverage"] = weights.Count / (double)reference.Count,
            ["precision"] = answers.Count == 0 ? 0 : answers.Count(reference.ContainsKey) / (double)answers.Count,
        };
        if (total > 0)
        {
            figures["entropy"] = Distributions.Entropy([.. weights.Values.Select(weight => weight / total)]);
            figures["trueLogProbability"] = weights.Sum(pair => pair.Value / total * Math.Log(reference[pair.Key]));
        }

        return figures;
    }
}
