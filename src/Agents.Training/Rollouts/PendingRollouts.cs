using System.Collections.Immutable;
using System.Text;
using Agents.Training.Checkpoints;
using Agents.Training.Errors;
using Agents.Training.Experience;

namespace Agents.Training.Rollouts;

/// <summary>The part of a checkpoint that holds what was sampled ahead of the trainer, and the state to sample on from.</summary>
internal sealed class PendingRollouts : ICheckpointPart
{
    private const int FormatVersion = 1;

    /// <inheritdoc/>
    public string Name => "rollouts";

    /// <summary>Gets or sets the last batch that was sampled; −1 for none.</summary>
    public long LastBatch { get; set; } = -1;

    /// <summary>Gets or sets the state after it; null before anything was stored.</summary>
    public ProducerState? State { get; set; }

    /// <summary>Gets or sets how many steps in a row had no signal.</summary>
    public int DeadInARow { get; set; }

    /// <summary>Gets or sets the groups that were sampled and not learned from.</summary>
    public ImmutableArray<ExperienceGroup> Groups { get; set; } = [];

    /// <inheritdoc/>
    public byte[] Save()
    {
        ProducerState state = State ?? throw new InvalidOperationException("The state of the producer was not taken before the checkpoint.");
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write(FormatVersion);
        writer.Write(ExperienceCodec.Version);
        writer.Write(LastBatch);
        writer.Write(DeadInARow);
        writer.Write(state.Draws);
        Write(writer, state.Prompts);
        Write(writer, state.PassRates);
        writer.Write(Groups.Length);
        foreach (ExperienceGroup group in Groups)
        {
            Write(writer, ExperienceCodec.Encode(group));
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <inheritdoc/>
    public void Restore(ReadOnlySpan<byte> state)
    {
        using BinaryReader reader = new(new MemoryStream(state.ToArray()), Encoding.UTF8);
        try
        {
            int version = reader.ReadInt32();
            if (version != FormatVersion)
            {
                throw new CheckpointException($"Stored rollouts have version {version}; this build reads version {FormatVersion}. Use the build that wrote them.");
            }

            uint schema = reader.ReadUInt32();
            LastBatch = reader.ReadInt64();
            DeadInARow = reader.ReadInt32();
            State = new ProducerState(reader.ReadInt64(), Read(reader), Read(reader));
            int count = reader.ReadInt32();
            var groups = ImmutableArray.CreateBuilder<ExperienceGroup>();
            for (int i = 0; i < count; i++)
            {
                groups.Add(ExperienceCodec.Decode(schema, Read(reader)));
            }

            Groups = groups.ToImmutable();
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException)
        {
            throw new CheckpointException($"Stored rollouts of {state.Length} bytes are damaged: {e.Message}", e);
        }
    }

    private static void Write(BinaryWriter writer, byte[] bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] Read(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        return count >= 0 && count <= reader.BaseStream.Length - reader.BaseStream.Position
            ? reader.ReadBytes(count)
            : throw new EndOfStreamException($"{count} bytes are declared.");
    }
}
