using System.Collections;
using System.Globalization;
using System.Text;

namespace Agents.CodeRunner.Tracing;

/// <summary>Writes values as a reader of C# expects them: texts in quotes, lists in brackets.</summary>
internal static class ValueText
{
    private const int MaximumLength = 2000;
    private const int MaximumDepth = 6;

    /// <summary>Returns the text of a value. A value whose own members fail is named by its type.</summary>
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        try
        {
            Append(text, value, 0);
        }
        catch (Exception error)
        {
            return $"<{value?.GetType().Name}: {error.GetType().Name}>";
        }

        return text.Length <= MaximumLength ? text.ToString() : string.Concat(text.ToString(0, MaximumLength / 2), "...", text.ToString(text.Length - (MaximumLength / 2), MaximumLength / 2));
    }

    private static void Append(StringBuilder text, object? value, int depth)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string characters:
                text.Append('"').Append(characters.Length <= 2 * MaximumLength ? characters : characters[..MaximumLength] + characters[^MaximumLength..]).Append('"');
                break;
            case char character:
                text.Append('\'').Append(character).Append('\'');
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case IFormattable number when value.GetType().IsPrimitive || value is decimal:
                text.Append(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            case IDictionary dictionary when depth < MaximumDepth:
                AppendAll(text, '{', '}', dictionary.Keys.Cast<object?>(), (key, at) =>
                {
                    Append(text, key, at);
                    text.Append(": ");
                    Append(text, dictionary[key!], at);
                }, depth);
                break;
            case IEnumerable list when depth < MaximumDepth:
                AppendAll(text, '[', ']', list.Cast<object?>(), (item, at) => Append(text, item, at), depth);
                break;
            default:
                text.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void AppendAll(StringBuilder text, char open, char close, IEnumerable<object?> items, Action<object?, int> append, int depth)
    {
        text.Append(open);
        string separator = "";
        foreach (object? item in items)
        {
            text.Append(separator);
            separator = ", ";
            if (text.Length > 2 * MaximumLength)
            {
                // An endless sequence is only looked at as far as it will be shown.
                text.Append("...");
                break;
            }

            append(item, depth + 1);
        }

        text.Append(close);
    }
}
