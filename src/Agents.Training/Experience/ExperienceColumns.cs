using System.Collections.Immutable;

namespace Agents.Training.Experience;

/// <summary>The groups of one step column by column: what estimators and reshapers read and write. Entries of one index belong to one completion.</summary>
public sealed class ExperienceColumns
{
    /// <summary>Lays groups out.</summary>
    /// <param name="groups">The groups of a step.</param>
    /// <param name="version">Updates that the trainer's weights have seen.</param>
    public ExperienceColumns(ImmutableArray<ExperienceGroup> groups, long version)
    {
        Groups = groups;
        Rows = [.. groups.SelectMany(group => group.Rows)];
        Group = [.. groups.SelectMany((group, index) => Enumerable.Repeat(index, group.Rows.Length))];
        Reward = [.. Rows.Select(row => row.Reward)];
        Length = [.. Rows.Select(row => row.Mask.Count(weight => weight != 0))];
        Age = [.. Rows.Select(row => version - row.Version)];
        Advantage = new double[Rows.Length];

        // Nothing that could not be scored is learned from, whatever the estimator makes of it.
        Mask = [.. Rows.Select(row => double.IsNaN(row.Reward) ? new float[row.Mask.Length] : [.. row.Mask])];
    }

    /// <summary>Gets the groups.</summary>
    public ImmutableArray<ExperienceGroup> Groups { get; }

    /// <summary>Gets the completions.</summary>
    public ImmutableArray<ExperienceRow> Rows { get; }

    /// <summary>Gets the index of each completion's group, [completions].</summary>
    public int[] Group { get; }

    /// <summary>Gets the rewards, [completions]; NaN where not scored.</summary>
    public double[] Reward { get; }

    /// <summary>Gets the learned tokens, [completions].</summary>
    public int[] Length { get; }

    /// <summary>Gets how many updates lie between sampling and learning, [completions].</summary>
    public long[] Age { get; }

    /// <summary>Gets the advantages, [completions]; reshapers may change them.</summary>
    public double[] Advantage { get; }

    /// <summary>Gets the weights of the tokens in the loss, [completions][tokens]; reshapers may change them.</summary>
    public float[][] Mask { get; }

    /// <summary>Gets whether any token would receive a gradient from the policy loss.</summary>
    public bool HasSignal
    {
        get
        {
            for (int i = 0; i < Advantage.Length; i++)
            {
                if (Advantage[i] != 0 && Array.Exists(Mask[i], weight => weight != 0))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
