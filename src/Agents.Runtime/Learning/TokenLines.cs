using System.Text.Json;

namespace Agents.Runtime.Learning;

/// <summary>Token ids in JSON lines.</summary>
internal static class TokenLines
{
    /// <summary>Writes a list of ids.</summary>
    public static void Write(Utf8JsonWriter json, string name, ReadOnlySpan<int> ids)
    {
        json.WriteStartArray(name);
        foreach (int id in ids)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
    }

    /// <summary>Reads a list of ids.</summary>
    public static int[] Read(JsonElement root, string name) => [.. root.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
