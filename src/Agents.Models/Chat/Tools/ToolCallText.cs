using System.Text.Json;

namespace Agents.Models.Chat.Tools;

/// <summary>A call as a model wrote it.</summary>
/// <param name="Name">Name of the tool.</param>
/// <param name="Arguments">The arguments.</param>
internal sealed record ToolCallText(string Name, Dictionary<string, object?> Arguments)
{
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 64 };

    /// <summary>Reads one call or a list of calls.</summary>
    /// <param name="json">What the model wrote.</param>
    /// <param name="calls">The calls, at least one.</param>
    /// <returns>False when the text is no JSON, or a call lacks its name or arguments.</returns>
    public static bool TryRead(string json, out List<ToolCallText> calls)
    {
        calls = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Limits);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Array)
            {
                return TryAdd(root, calls);
            }

            foreach (JsonElement element in root.EnumerateArray())
            {
                if (!TryAdd(element, calls))
                {
                    return false;
                }
            }

            return calls.Count > 0;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Models write all sorts of things; what is no call stays text. The second kind is half of a surrogate pair.
            return false;
        }
    }

    private static bool TryAdd(JsonElement element, List<ToolCallText> calls)
    {
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("name", out JsonElement name)
            || name.ValueKind != JsonValueKind.String
            || name.GetString() is not { Length: > 0 } called)
        {
            return false;
        }

        Dictionary<string, object?> arguments = new(StringComparer.Ordinal);
        if (element.TryGetProperty("arguments", out JsonElement given) || element.TryGetProperty("parameters", out given))
        {
            if (given.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            foreach (JsonProperty property in given.EnumerateObject())
            {
                arguments[property.Name] = property.Value.Clone();
            }
        }
        else
        {
            return false;
        }

        calls.Add(new ToolCallText(called, arguments));
        return true;
    }
}
