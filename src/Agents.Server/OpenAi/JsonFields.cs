using System.Globalization;
using System.Text.Json;

namespace Agents.Server.OpenAi;

/// <summary>Reads the fields of one JSON object; every mismatch is an error that names the field. Null counts as absent.</summary>
/// <param name="element">The object.</param>
/// <param name="path">Its place in the request, such as <c>messages[3]</c>; empty for the whole.</param>
internal readonly struct JsonFields(JsonElement element, string path)
{
    /// <summary>The full name of a field.</summary>
    /// <param name="name">The field.</param>
    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>A field of any kind.</summary>
    /// <param name="name">The field.</param>
    /// <returns>The value; null when absent.</returns>
    public JsonElement? Any(string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A field of one kind.</summary>
    /// <param name="name">The field.</param>
    /// <param name="kind">Its kind.</param>
    /// <returns>The value; null when absent.</returns>
    public JsonElement? Of(string name, JsonValueKind kind)
    {
        JsonElement? value = Any(name);
        return value is null || value.Value.ValueKind == kind ? value : throw Mismatch(name, kind == JsonValueKind.Array ? "an array" : "an object");
    }

    /// <summary>A string.</summary>
    /// <param name="name">The field.</param>
    public string? Text(string name)
    {
        JsonElement? value = Any(name);
        return value is null ? null : value.Value.ValueKind == JsonValueKind.String ? value.Value.GetString() : throw Mismatch(name, "a string");
    }

    /// <summary>A required string.</summary>
    /// <param name="name">The field.</param>
    public string RequiredText(string name) =>
        Text(name) ?? throw ApiErrorException.Invalid(PathOf(name), $"'{PathOf(name)}' is missing; expected a string.");

    /// <summary>A boolean.</summary>
    /// <param name="name">The field.</param>
    public bool Flag(string name)
    {
        JsonElement? value = Any(name);
        return value is not null && (value.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.Value.GetBoolean() : throw Mismatch(name, "a boolean"));
    }

    /// <summary>An integer in a range.</summary>
    /// <param name="name">The field.</param>
    /// <param name="minimum">Smallest value.</param>
    /// <param name="maximum">Largest value.</param>
    public long? Integer(string name, long minimum, long maximum)
    {
        JsonElement? value = Any(name);
        if (value is null)
        {
            return null;
        }

        if (value.Value.ValueKind != JsonValueKind.Number || !value.Value.TryGetInt64(out long number))
        {
            throw Mismatch(name, "an integer");
        }

        return number >= minimum && number <= maximum
            ? number
            : throw ApiErrorException.Invalid(PathOf(name), $"'{PathOf(name)}' is {number}; expected {minimum} to {maximum}.");
    }

    /// <summary>A real number in a range.</summary>
    /// <param name="name">The field.</param>
    /// <param name="minimum">Smallest value.</param>
    /// <param name="maximum">Largest value.</param>
    public float? Number(string name, double minimum, double maximum)
    {
        JsonElement? value = Any(name);
        if (value is null)
        {
            return null;
        }

        if (value.Value.ValueKind != JsonValueKind.Number || !value.Value.TryGetDouble(out double number))
        {
            throw Mismatch(name, "a number");
        }

        return number >= minimum && number <= maximum
            ? (float)number
            : throw ApiErrorException.Invalid(
                PathOf(name), string.Create(CultureInfo.InvariantCulture, $"'{PathOf(name)}' is {number}; expected {minimum} to {maximum}."));
    }

    /// <summary>The error of a field of the wrong kind.</summary>
    /// <param name="name">The field.</param>
    /// <param name="expected">What belongs there.</param>
    public ApiErrorException Mismatch(string name, string expected) =>
        ApiErrorException.Invalid(PathOf(name), $"'{PathOf(name)}' is {element.GetProperty(name).ValueKind}; expected {expected}.", "invalid_type");
}
