using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Agents.Training.Errors;

namespace Agents.Training.Experience;

/// <summary>The stored form of experience groups, little endian. Every released version stays readable.</summary>
public static class ExperienceCodec
{
    /// <summary>Schema version that this build writes.</summary>
    public const uint Version = 1;

    /// <summary>Returns the stored form of a group.</summary>
    /// <param name="group">The group.</param>
    public static byte[] Encode(ExperienceGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write(group.Batch);
        writer.Write(group.Draw);
        writer.Write(group.PromptId);
        writer.Write(group.Source);
        writer.Write(group.Rows.Length);
        foreach (ExperienceRow row in group.Rows)
        {
            row.Validate();
            Write<int>(writer, row.PromptTokenIds);
            Write<int>(writer, row.CompletionTokenIds);
            Write<float>(writer, row.Mask);
            Write<float>(writer, row.SamplerLogProbability);
            Write<double>(writer, row.OldLogProbability);
            Write<double>(writer, row.ReferenceLogProbability);
            writer.Write(row.Rewards.Count);
            foreach ((string name, double value) in row.Rewards)
            {
                writer.Write(name);
                writer.Write(value);
            }

            writer.Write(row.Reward);
            writer.Write(row.Advantage);
            writer.Write(row.GenerationId);
            writer.Write(row.Version);
            writer.Write((int)row.Finish);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads the stored form.</summary>
    /// <param name="version">Schema version of the bytes.</param>
    /// <param name="bytes">Result of <see cref="Encode"/>.</param>
    /// <exception cref="CheckpointException">The version is unknown or the bytes are no group.</exception>
    public static ExperienceGroup Decode(uint version, byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (version != Version)
        {
            throw new CheckpointException($"Stored experience has schema version {version}; this build reads version {Version}. Use the build that wrote it.");
        }

        using BinaryReader reader = new(new MemoryStream(bytes), Encoding.UTF8);
        try
        {
            ExperienceGroup group = new(reader.ReadInt64(), reader.ReadInt64(), reader.ReadString(), reader.ReadString(), [.. Enumerable.Range(0, Count(reader, 1)).Select(_ => Row(reader))]);
            return reader.BaseStream.Position == bytes.Length
                ? group
                : throw new CheckpointException($"Stored experience has {bytes.Length - reader.BaseStream.Position} bytes behind its last row.");
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException)
        {
            throw new CheckpointException($"Stored experience of {bytes.Length} bytes is no group: {e.Message}", e);
        }
    }

    private static ExperienceRow Row(BinaryReader reader)
    {
        ExperienceRow row = new()
        {
            PromptTokenIds = Read<int>(reader),
            CompletionTokenIds = Read<int>(reader),
            Mask = Read<float>(reader),
            SamplerLogProbability = Read<float>(reader),
            OldLogProbability = Read<double>(reader),
            ReferenceLogProbability = Read<double>(reader),
            Rewards = Rewards(reader),
            Reward = reader.ReadDouble(),
            Advantage = reader.ReadDouble(),
            GenerationId = reader.ReadString(),
            Version = reader.ReadInt64(),
            Finish = (GenerationFinish)reader.ReadInt32(),
        };
        row.Validate();
        return row;
    }

    private static ImmutableSortedDictionary<string, double> Rewards(BinaryReader reader)
    {
        var rewards = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        for (int i = Count(reader, 9); i > 0; i--)
        {
            rewards.Add(reader.ReadString(), reader.ReadDouble());
        }

        return rewards.ToImmutable();
    }

    private static void Write<T>(BinaryWriter writer, T[] values)
        where T : unmanaged
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes<T>(values));
    }

    private static unsafe T[] Read<T>(BinaryReader reader)
        where T : unmanaged
    {
        var values = new T[Count(reader, sizeof(T))];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Reads a count and checks it against the bytes that are left.</summary>
    private static int Count(BinaryReader reader, int leastBytesEach)
    {
        int count = reader.ReadInt32();
        long left = reader.BaseStream.Length - reader.BaseStream.Position;
        return count >= 0 && (long)count * leastBytesEach <= left
            ? count
            : throw new EndOfStreamException($"{count} entries of at least {leastBytesEach} bytes are declared, {left} bytes are left.");
    }
}
