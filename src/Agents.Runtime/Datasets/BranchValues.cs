using System.Globalization;
using Agents.Runtime.Trajectories;
using Agents.Tracing;

namespace Agents.Runtime.Datasets;

/// <summary>
/// What the texts of a trajectory are worth. The value that the strategy gave counts first; else the mean of the texts that were made of it (found by <see cref="TraceNotes.Reads"/>), so that a
/// critique earns what its refinements are worth; else its own verified reward.
/// </summary>
internal static class BranchValues
{
    /// <summary>Returns the values by node; null where nobody scored the text or what came of it.</summary>
    /// <param name="trajectory">The trajectory.</param>
    public static (double? Value, string? From)[] Of(Trajectory trajectory)
    {
        var values = new (double? Value, string? From)[trajectory.Nodes.Count];
        List<double>[] made = [.. trajectory.Nodes.Select(_ => new List<double>())];

        // A text is written after those that it read, so readers have higher ids.
        for (int id = trajectory.Nodes.Count - 1; id >= 0; id--)
        {
            TrajectoryNode node = trajectory.Nodes[id];
            values[id] = node.Value is { } own ? (own, "strategy")
                : made[id].Count > 0 ? (made[id].Average(), "credit")
                : node.Reward is { } reward ? (Math.Clamp(reward, 0, 1), "reward")
                : (null, null);
            if (values[id].Value is { } value && Read(node) is { } read && read < id)
            {
                made[read].Add(value);
            }
        }

        return values;
    }

    /// <summary>Returns the call whose text a call read; null for none.</summary>
    /// <param name="node">The call.</param>
    public static int? Read(TrajectoryNode node) =>
        node.Notes?.TryGetValue(TraceNotes.Reads, out string? text) == true && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
}
