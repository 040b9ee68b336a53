using Agents.Training.Checkpoints;
using Agents.Training.Experience;

namespace Agents.Training.Rollouts;

/// <summary>
/// Scored groups on disk as soon as they exist, so that a killed run does not sample and judge them again. A group is found again by its draw and the generation
/// that sampled it. Survives a kill at any byte.
/// </summary>
public sealed class RolloutJournal : IDisposable
{
    private const string Kind = "AGTROLL\n";
    private readonly RecordFile _file;
    private readonly Dictionary<(long Draw, string GenerationId), ExperienceGroup> _groups = [];

    /// <summary>Opens a journal or starts one.</summary>
    /// <param name="path">The file.</param>
    public RolloutJournal(string path) => _file = new RecordFile(path, Kind, (version, payload) => Remember(ExperienceCodec.Decode(version, payload)));

    /// <summary>Gets how many groups are remembered.</summary>
    public int Count => _groups.Count;

    /// <summary>Stores a group.</summary>
    /// <param name="group">A scored group.</param>
    public void Append(ExperienceGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        _file.Append(ExperienceCodec.Version, ExperienceCodec.Encode(group));
        Remember(group);
    }

    /// <summary>Finds a group; null when it has to be sampled.</summary>
    /// <param name="draw">Number of the draw.</param>
    /// <param name="generationId">Generation that samples.</param>
    public ExperienceGroup? Find(long draw, string generationId) => _groups.GetValueOrDefault((draw, generationId));

    /// <summary>Forgets the groups of steps before one: a checkpoint has what came of them.</summary>
    /// <param name="batch">First step that is kept.</param>
    public void ForgetBefore(long batch)
    {
        foreach ((long Draw, string GenerationId) key in _groups.Where(pair => pair.Value.Batch < batch).Select(pair => pair.Key).ToArray())
        {
            _groups.Remove(key);
        }

        _file.Replace(_groups.Values.OrderBy(group => group.Draw).Select(group => (ExperienceCodec.Version, ExperienceCodec.Encode(group))));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Remember(ExperienceGroup group) => _groups[(group.Draw, group.Rows[0].GenerationId)] = group;
}
