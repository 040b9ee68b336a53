using Agents.Runtime.Trajectories;

namespace Agents.Runtime.Datasets;

/// <summary>
/// Makes training sets of recorded trajectories of any strategy. The same trajectories give the same sets in the same order, whatever order they come in. Not safe for
/// concurrent calls.
/// </summary>
public sealed class DatasetBuilder
{
    private readonly DatasetOptions _options;
    private readonly Dictionary<string, Trajectory> _taken = new(StringComparer.Ordinal);
    private readonly DatasetCounts _leftOut = new();
    private int _read;

    /// <summary>Creates a builder.</summary>
    /// <param name="options">Options; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public DatasetBuilder(DatasetOptions? options = null)
    {
        _options = options ?? new DatasetOptions();
        _options.Validate();
    }

    /// <summary>Takes a trajectory, or counts why not.</summary>
    /// <param name="trajectory">The trajectory.</param>
    public void Add(Trajectory trajectory)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        _read++;
        if (Refuse(trajectory) is { } reason)
        {
            _leftOut.Add(reason);
        }
        else if (!_taken.TryAdd(trajectory.Id, trajectory))
        {
            _leftOut.Add("read twice");
        }
    }

    /// <summary>Makes the sets.</summary>
    public Dataset Build()
    {
        Trajectory[] trajectories = [.. _taken.Values
            .OrderBy(trajectory => trajectory.Task.Id, StringComparer.Ordinal)
            .ThenBy(trajectory => trajectory.Task.Question, StringComparer.Ordinal)
            .ThenBy(trajectory => trajectory.Strategy, StringComparer.Ordinal)
            .ThenBy(trajectory => trajectory.Options.Seed)
            .ThenBy(trajectory => trajectory.Id, StringComparer.Ordinal)];
        DatasetCounts texts = new();
        DatasetCounts pairs = new();
        List<Branch> branches = [.. trajectories.SelectMany(trajectory => BranchesOf(trajectory, texts))];
        int seen = branches.Count + texts.All.Values.Sum();
        SiblingGroups groups = SiblingGroups.Of(branches, _options, texts);
        DatasetLines lines = new(_options, texts, pairs);
        Dataset dataset = new(
            Wanted(DatasetKinds.Supervised) ? lines.Supervised(groups) : [],
            Wanted(DatasetKinds.Preference) ? lines.Preferences(groups) : [],
            Wanted(DatasetKinds.Value) ? lines.Values(groups) : [],
            Wanted(DatasetKinds.Question) ? DatasetLines.Questions(trajectories, branches) : [],
            new DatasetReport { Lines = texts.All, LinesByRole = texts.All, TrajectoriesLeftOut = _leftOut.All, TextsDropped = texts.All, PairsDropped = pairs.All });
        (string Name, IReadOnlyList<DatasetLine> Lines)[] sets = [.. dataset.Sets];
        return dataset with
        {
            Report = dataset.Report with
            {
                Trajectories = _read,
                Used = trajectories.Length,
                Texts = seen,
                Lines = sets.ToDictionary(set => set.Name, set => set.Lines.Count),
                LinesByRole = sets
                    .SelectMany(set => set.Lines.GroupBy(line => line.Lineage.Role, StringComparer.Ordinal).OrderBy(role => role.Key, StringComparer.Ordinal).Select(role => ($"{set.Name}/{role.Key}", role.Count())))
                    .ToDictionary(),
            },
        };
    }

    private bool Wanted(DatasetKinds kind) => _options.Kinds.HasFlag(kind);

    private string? Refuse(Trajectory trajectory) =>
        _options.Strategies.Count > 0 && !_options.Strategies.Contains(trajectory.Strategy) ? "other strategy"
        : _options.Model is { } model && trajectory.Model != model ? "other model"
        : _options.Generation is { } generation && trajectory.Generation?.StartsWith(generation, StringComparison.OrdinalIgnoreCase) != true ? "other generation"
        : _options.Source is { } source && trajectory.Source != source ? "other source"
        : _options.Since is { } since && trajectory.Time < since ? "too old"
        : !_options.IncludeEvaluationSplits && trajectory.Task.Split is "test" or "validation" ? "evaluation split"
        : _options.Excluded?.Contains(trajectory.Task.Question) == true ? "evaluation question"
        : _options.Excluded?.Overlaps(trajectory.Task.Question) == true ? "overlap with an evaluation question"
        : null;

    private IEnumerable<Branch> BranchesOf(Trajectory trajectory, DatasetCounts dropped)
    {
        (double? Value, string? From)[] values = BranchValues.Of(trajectory);
        foreach (TrajectoryNode node in trajectory.Nodes)
        {
            if (node.Kind != "call" || node.Prompt is null)
            {
                continue;
            }

            string role = node.Role ?? node.Name;
            string? reason = _options.Roles.Count > 0 && !_options.Roles.Contains(role) ? "other role"
                : node.Error is not null ? "failed call"
                : string.IsNullOrWhiteSpace(node.Text) ? "no text"
                : values[node.Id].Value is null ? "not scored"
                : null;
            Branch? branch = reason is null ? new Branch(trajectory, node, values[node.Id].Value!.Value, values[node.Id].From!) : null;
            if (branch is { IsReadable: false })
            {
                (reason, branch) = ("prompt is not all text", null);
            }

            if (branch is not null)
            {
                yield return branch;
            }
            else
            {
                dropped.Add(reason!);
            }
        }
    }
}
