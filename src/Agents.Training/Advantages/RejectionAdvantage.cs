using System.Globalization;

namespace Agents.Training.Advantages;

/// <summary>Rejection sampling: 1 for completions whose reward reaches a threshold, 0 for the others; at most some per group, the earliest of the best.</summary>
/// <param name="threshold">Least reward. Default 1.</param>
/// <param name="perGroup">Most accepted completions of one group. Default all.</param>
public sealed class RejectionAdvantage(double threshold = 1, int perGroup = int.MaxValue) : IAdvantageEstimator
{
    /// <inheritdoc/>
    public string Id => "rejection";

    /// <inheritdoc/>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"{Id} {threshold:R} {perGroup}");

    /// <inheritdoc/>
    public void Estimate(in AdvantageInputs inputs, Span<double> advantages)
    {
        advantages.Clear();
        Dictionary<int, List<(double Reward, int Index)>> accepted = [];
        for (int i = 0; i < inputs.Reward.Length; i++)
        {
            if (inputs.Reward[i] >= threshold)
            {
                if (!accepted.TryGetValue(inputs.Group[i], out List<(double Reward, int Index)>? group))
                {
                    accepted[inputs.Group[i]] = group = [];
                }

                group.Add((inputs.Reward[i], i));
            }
        }

        foreach (List<(double Reward, int Index)> group in accepted.Values)
        {
            foreach ((_, int index) in group.OrderByDescending(entry => entry.Reward).ThenBy(entry => entry.Index).Take(perGroup))
            {
                advantages[index] = 1;
            }
        }
    }
}
