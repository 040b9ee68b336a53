using System.Globalization;
using System.Text;
using Agents.Training.Checkpoints;
using Agents.Training.Errors;
using Agents.Training.Experience;

namespace Agents.Training.Rollouts;

/// <summary>What is known about how often each prompt is solved: a moving mean of the rewards, the number of scored completions, and when it was seen last.</summary>
public sealed class PassRateTracker : ICheckpointPart
{
    private const int EntryVersion = 1;
    private readonly SortedDictionary<string, PassRate> _rates = new(StringComparer.Ordinal);
    private readonly double _decay;

    /// <summary>Creates an empty tracker.</summary>
    /// <param name="decay">Share of the old estimate that a new group leaves; 0 keeps only the newest group. Default 0.8.</param>
    public PassRateTracker(double decay = 0.8)
    {
        if (!(decay is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must lie in [0, 1).");
        }

        _decay = decay;
    }

    /// <inheritdoc/>
    public string Name => "pass-rates";

    /// <summary>Gets the settings as they appear in a checkpoint's identity.</summary>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"decay {_decay:R}");

    /// <summary>Gets the estimates by prompt id.</summary>
    public IReadOnlyDictionary<string, PassRate> Rates => _rates;

    /// <summary>Adds a group; completions that could not be scored do not count.</summary>
    /// <param name="group">The scored completions.</param>
    public void Observe(ExperienceGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        double[] rewards = [.. group.Rows.Select(row => row.Reward).Where(reward => !double.IsNaN(reward))];
        if (rewards.Length == 0)
        {
            return;
        }

        double mean = rewards.Average();
        _rates[group.PromptId] = _rates.TryGetValue(group.PromptId, out PassRate old)
            ? new PassRate((_decay * old.Mean) + ((1 - _decay) * mean), old.Completions + rewards.Length, group.Batch)
            : new PassRate(mean, rewards.Length, group.Batch);
    }

    /// <inheritdoc/>
    public byte[] Save()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write(EntryVersion);
        writer.Write(_rates.Count);
        foreach ((string id, PassRate rate) in _rates)
        {
            writer.Write(id);
            writer.Write(rate.Mean);
            writer.Write(rate.Completions);
            writer.Write(rate.Batch);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <inheritdoc/>
    public void Restore(ReadOnlySpan<byte> state)
    {
        using BinaryReader reader = new(new MemoryStream(state.ToArray()), Encoding.UTF8);
        _rates.Clear();
        try
        {
            int version = reader.ReadInt32();
            if (version != EntryVersion)
            {
                throw new CheckpointException($"Stored pass rates have version {version}; this build reads version {EntryVersion}.");
            }

            for (int left = reader.ReadInt32(); left > 0; left--)
            {
                _rates.Add(reader.ReadString(), new PassRate(reader.ReadDouble(), reader.ReadInt64(), reader.ReadInt64()));
            }
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException)
        {
            throw new CheckpointException($"Stored pass rates of {state.Length} bytes are damaged: {e.Message}", e);
        }
    }
}
