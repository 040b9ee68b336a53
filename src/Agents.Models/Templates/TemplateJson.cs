using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Agents.Models.Templates;

/// <summary>JSON as published templates write it: a space behind commas and colons, or an indentation of four, and nothing escaped that need not be.</summary>
internal static class TemplateJson
{
    private static readonly JsonSerializerOptions Texts = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Indented = new() { Indented = true, IndentSize = 4, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a value on one line.</summary>
    public static string Line(JsonElement value)
    {
        StringBuilder text = new();
        Append(value, text);
        return text.ToString();
    }

    /// <summary>Writes a value on many lines.</summary>
    public static string Lines(JsonElement value)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Indented))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Append(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                string comma = "{";
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    text.Append(comma).Append(JsonSerializer.Serialize(property.Name, Texts)).Append(": ");
                    Append(property.Value, text);
                    comma = ", ";
                }

                text.Append(comma == "{" ? "{}" : "}");
                break;
            case JsonValueKind.Array:
                string opening = "[";
                foreach (JsonElement item in value.EnumerateArray())
                {
                    text.Append(opening);
                    Append(item, text);
                    opening = ", ";
                }

                text.Append(opening == "[" ? "[]" : "]");
                break;
            case JsonValueKind.String:
                text.Append(JsonSerializer.Serialize(value.GetString(), Texts));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }
}
