using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Agents.Verification;

namespace Agents.Plugins.TestTimeImprovement.Uncertainty;

/// <summary>Sampled answers as the finite set of candidates of an open question, merged where they mean the same (papers/61 §6; not evaluated by the authors).</summary>
public static class SampleDisagreement
{
    /// <summary>Groups samples by the equivalence of their final answers; those without an answer stay apart, because they agree with nothing.</summary>
    /// <param name="samples">Samples in order.</param>
    /// <param name="answers">When two answers mean the same.</param>
    /// <returns>Groups in order of their first sample.</returns>
    public static IReadOnlyList<IReadOnlyList<Candidate>> Groups(IReadOnlyList<Candidate> samples, IAnswerFormat answers)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(answers);
        List<List<Candidate>> groups = [];
        foreach (Candidate sample in samples)
        {
            List<Candidate>? group = groups.Find(group => answers.Equivalent(group[0].FinalAnswer, sample.FinalAnswer));
            if (group is null)
            {
                groups.Add([sample]);
            }
            else
            {
                group.Add(sample);
            }
        }

        return groups;
    }

    /// <summary>The share of each group among all samples: the distribution that the sampling saw.</summary>
    /// <param name="groups">Groups of <see cref="Groups"/>.</param>
    public static double[] Shares(IReadOnlyList<IReadOnlyList<Candidate>> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        double samples = groups.Sum(group => group.Count);
        return [.. groups.Select(group => group.Count / samples)];
    }

    /// <summary>The log-probability of each group: that of its different texts together. Null where a text has no record of its log-probabilities.</summary>
    /// <param name="groups">Groups of <see cref="Groups"/>.</param>
    /// <param name="lengthNormalise">Whether a text counts with the mean instead of the sum over its tokens.</param>
    public static double[]? LogProbabilities(IReadOnlyList<IReadOnlyList<Candidate>> groups, bool lengthNormalise)
    {
        ArgumentNullException.ThrowIfNull(groups);
        var result = new double[groups.Count];
        for (int i = 0; i < groups.Count; i++)
        {
            double sum = 0;
            foreach (Candidate text in groups[i].DistinctBy(candidate => candidate.Response.Text, StringComparer.Ordinal))
            {
                if (text.Response.Generation() is not { PlainLogProbabilities: { Count: > 0 } values })
                {
                    return null;
                }

                sum += Math.Exp(lengthNormalise ? values.Average(value => (double)value) : values.Sum(value => (double)value));
            }

            result[i] = Math.Min(0, Math.Log(sum));
        }

        return result;
    }
}
