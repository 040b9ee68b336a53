using System.Collections.Immutable;

namespace Agents.Training.Experience;

/// <summary>The completions of one prompt, sampled by one generation.</summary>
/// <param name="Batch">Number of the step that the group was sampled for.</param>
/// <param name="Draw">Number of the prompt's draw in the run: the id of the group.</param>
/// <param name="PromptId">Id of the prompt.</param>
/// <param name="Source">Where the prompt comes from, for mixtures and reports.</param>
/// <param name="Rows">The completions.</param>
public sealed record ExperienceGroup(long Batch, long Draw, string PromptId, string Source, ImmutableArray<ExperienceRow> Rows)
{
    /// <summary>Gets how many completions were scored.</summary>
    public int Scored => Rows.Count(row => !double.IsNaN(row.Reward));

    /// <summary>Gets whether every group estimator gives nothing but zeros: fewer than two scored completions, or all rewards equal.</summary>
    public bool IsDead
    {
        get
        {
            double first = double.NaN;
            foreach (ExperienceRow row in Rows)
            {
                if (double.IsNaN(row.Reward))
                {
                    continue;
                }

                if (double.IsNaN(first))
                {
                    first = row.Reward;
                }
                else if (row.Reward != first)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Gets the number of updates that the sampling weights had seen.</summary>
    public long Version => Rows.Min(row => row.Version);
}
