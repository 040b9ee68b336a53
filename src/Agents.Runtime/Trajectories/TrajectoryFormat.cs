using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agents.Runtime.Trajectories;

/// <summary>
/// The line format: a CRC-32C of the JSON in eight hexadecimal digits, a blank, the JSON, a line feed. Lines of older versions go through upcasters, pure functions from
/// one version to the next, so that everything that was ever recorded stays readable.
/// </summary>
internal static class TrajectoryFormat
{
    /// <summary>Version of the lines. Raise it when the meaning of a field changes, and add the upcaster from the version before; a field that is added needs neither.</summary>
    public const int Schema = 1;

    /// <summary>Length of checksum and blank.</summary>
    public const int PrefixLength = 9;

    /// <summary>Longest line that is read.</summary>
    public const int MaximumLine = 64 << 20;

    /// <summary>Upcasters: entry i makes a line of version i + 2 of one of version i + 1.</summary>
    public static IReadOnlyList<Func<JsonObject, JsonObject>> Upcasters { get; } = [];

    /// <summary>Writes a line.</summary>
    /// <param name="trajectory">The trajectory.</param>
    /// <returns>Checksum, JSON and line feed.</returns>
    public static byte[] Write(Trajectory trajectory)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(trajectory, TrajectoryJson.Readable.Trajectory);
        byte[] line = new byte[PrefixLength + json.Length + 1];
        Utf8Formatter.TryFormat(Checksum(json), line, out _, new System.Buffers.StandardFormat('x', 8));
        line[PrefixLength - 1] = (byte)' ';
        json.CopyTo(line, PrefixLength);
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>Returns the JSON of a line without its line feed; nothing when its checksum is wrong.</summary>
    /// <param name="line">The line.</param>
    /// <param name="json">Its JSON.</param>
    public static bool TryCheck(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> json)
    {
        json = default;
        if (line.Length <= PrefixLength || line[PrefixLength - 1] != ' ' || !uint.TryParse(line[..(PrefixLength - 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint sum))
        {
            return false;
        }

        json = line[PrefixLength..];
        return Checksum(json) == sum;
    }

    /// <summary>Reads the JSON of an intact line.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="upcasters">From each version to the next; null for <see cref="Upcasters"/>.</param>
    /// <exception cref="JsonException">It is no trajectory.</exception>
    /// <exception cref="TrajectoryException">It was written by a newer version.</exception>
    public static Trajectory Read(ReadOnlySpan<byte> json, IReadOnlyList<Func<JsonObject, JsonObject>>? upcasters = null)
    {
        upcasters ??= Upcasters;
        int current = upcasters.Count + 1;
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = TrajectoryJson.MaximumDepth });
        int version = Version(reader);
        if (version > current)
        {
            throw new TrajectoryException($"it has version {version} of the format, this build reads up to {current}; use the build that recorded it, or a newer one");
        }

        Trajectory trajectory = version == current
            ? JsonSerializer.Deserialize(ref reader, TrajectoryJson.Readable.Trajectory) ?? throw new JsonException("The line is null.")
            : Upcast(ref reader, version, upcasters);
        Require(trajectory);
        return trajectory;
    }

    private static Trajectory Upcast(ref Utf8JsonReader reader, int version, IReadOnlyList<Func<JsonObject, JsonObject>> upcasters)
    {
        JsonObject line = JsonNode.Parse(ref reader)?.AsObject() ?? throw new JsonException("The line is null.");
        for (int from = version; from <= upcasters.Count; from++)
        {
            line = upcasters[from - 1](line);
        }

        line["schema"] = Schema;
        return line.Deserialize(TrajectoryJson.Readable.Trajectory) ?? throw new JsonException("The line is null.");
    }

    /// <summary>Reads the version, which stands first in lines of ours and anywhere in others.</summary>
    private static int Version(Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("The line is no object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals("schema"u8);
            reader.Read();
            if (found)
            {
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int version) && version >= 1 ? version : throw new JsonException("'schema' is no version.");
            }

            reader.Skip();
        }

        throw new JsonException("'schema' is missing.");
    }

    /// <summary>A checksum proves that a line is as it was written, not that somebody wrote sense: what readers index by is checked here.</summary>
    private static void Require(Trajectory trajectory)
    {
        for (int i = 0; i < trajectory.Nodes.Count; i++)
        {
            TrajectoryNode node = trajectory.Nodes[i];
            if (node.Id != i || node.Parent >= i || node.Parent < 0 || node.Prompt < 0 || node.Prompt >= trajectory.Prompts.Count)
            {
                throw new JsonException($"Node {i} has the id {node.Id}, the parent {node.Parent} and the prompt {node.Prompt}; ids count from 0, parents come first, and there are {trajectory.Prompts.Count} prompts.");
            }
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            sum = BitOperations.Crc32C(sum, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return ~sum;
    }
}
