using System.Collections;
using System.Text.Json;

namespace Agents.Models.Templates.Jinja;

/// <summary>Turns data of the host into template values. Only plain data is taken; everything else is refused, so nothing of the host gets in.</summary>
internal static class JinjaVariables
{
    private const int MaximumDepth = 64;

    /// <summary>Translates one variable.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="value">Null, a string, a boolean, a number, a JSON element, or a dictionary with string keys or sequence of such values.</param>
    /// <exception cref="ArgumentException">The value is of another type or too deep.</exception>
    public static JinjaValue From(string name, object? value) => From(name, value, 0);

    private static JinjaValue From(string name, object? value, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new ArgumentException($"The template variable '{name}' is nested deeper than {MaximumDepth} levels.");
        }

        switch (value)
        {
            case null:
                return JinjaNone.Instance;
            case string text:
                return new JinjaText(text, TextMarks.Content);
            case bool flag:
                return JinjaBoolean.Of(flag);
            case sbyte or byte or short or ushort or int or uint or long:
                return new JinjaInteger(System.Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
            case float or double or decimal:
                return new JinjaFloat(System.Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture));
            case JsonElement element:
                return JinjaJson.Read(element, TextMarks.Content);
            case IEnumerable<KeyValuePair<string, object?>> entries:
                JinjaMap map = new();
                foreach ((string key, object? entry) in entries)
                {
                    map.Set(new JinjaText(key, TextMarks.Content), From(name, entry, depth + 1));
                }

                return map;
            case IEnumerable items:
                return new JinjaList([.. items.Cast<object?>().Select(item => From(name, item, depth + 1))]);
            default:
                throw new ArgumentException(
                    $"The template variable '{name}' holds a {value.GetType().Name}; expected strings, numbers, booleans, JSON elements, dictionaries or sequences of them.");
        }
    }
}
