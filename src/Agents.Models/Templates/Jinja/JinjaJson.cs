using System.Globalization;
using System.Text.Json;

namespace Agents.Models.Templates.Jinja;

/// <summary>
/// JSON in both directions. Writing follows the <c>tojson</c> of model hubs: Python's <c>json.dumps</c> with the order of keys kept and nothing
/// but quotes, backslashes and control characters escaped.
/// </summary>
internal static class JinjaJson
{
    /// <summary>Makes a value of a JSON element; its strings carry marks.</summary>
    public static JinjaValue Read(JsonElement element, TextMarks marks)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                JinjaMap map = new();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    map.Set(new JinjaText(property.Name, marks), Read(property.Value, marks));
                }

                return map;
            case JsonValueKind.Array:
                return new JinjaList([.. element.EnumerateArray().Select(item => Read(item, marks))]);
            case JsonValueKind.String:
                return new JinjaText(element.GetString()!, marks);
            case JsonValueKind.Number:
                return element.TryGetInt64(out long integer) ? new JinjaInteger(integer) : new JinjaFloat(element.GetDouble());
            case JsonValueKind.True or JsonValueKind.False:
                return JinjaBoolean.Of(element.GetBoolean());
            default:
                return JinjaNone.Instance;
        }
    }

    /// <summary>Writes a value.</summary>
    public static JinjaText Write(JinjaContext context, JinjaValue value, JinjaArguments options)
    {
        string? indent = options.Find(1, "indent") switch
        {
            null or JinjaNone => null,
            JinjaText text => text.Text,
            _ => new string(' ', (int)Math.Clamp(options.FindInteger(context, 1, "indent", 0), 0, 64)),
        };
        (string item, string key) = (indent is null ? ", " : ",", ": ");
        if (options.Named.FirstOrDefault(option => option.Key == "separators").Value is JinjaList { Items: [JinjaText first, JinjaText second] })
        {
            (item, key) = (first.Text, second.Text);
        }

        bool ascii = options.Named.FirstOrDefault(option => option.Key == "ensure_ascii").Value?.IsTrue ?? false;
        bool sorted = options.Named.FirstOrDefault(option => option.Key == "sort_keys").Value?.IsTrue ?? false;
        JinjaTextBuilder builder = new(context);
        new Style(context, builder, indent, item, key, ascii, sorted).Append(value, 0);
        return builder.Build();
    }

    private sealed record Style(JinjaContext Context, JinjaTextBuilder Builder, string? Indent, string ItemSeparator, string KeySeparator, bool Ascii, bool Sorted)
    {
        public void Append(JinjaValue value, int level)
        {
            Context.Step();
            Context.Enter();
            switch (value)
            {
                case JinjaText text:
                    AppendText(text);
                    break;
                case JinjaList list:
                    AppendAll('[', ']', level, list.Items.Count, i => Append(list.Items[i], level + 1));
                    break;
                case JinjaMap map:
                    AppendMap(map, level);
                    break;
                default:
                    Builder.Append(Scalar(value));
                    break;
            }

            Context.Leave();
        }

        private void AppendMap(JinjaMap map, int level)
        {
            IReadOnlyList<KeyValuePair<JinjaValue, JinjaValue>> entries = Sorted
                ? [.. map.Entries.OrderBy(entry => Key(entry.Key).Text, StringComparer.Ordinal)]
                : map.Entries;
            AppendAll('{', '}', level, entries.Count, i =>
            {
                AppendText(Key(entries[i].Key));
                Builder.Append(KeySeparator);
                Append(entries[i].Value, level + 1);
            });
        }

        private void AppendAll(char open, char close, int level, int count, Action<int> append)
        {
            Builder.Append(open);
            for (int i = 0; i < count; i++)
            {
                Builder.Append(i == 0 ? string.Empty : ItemSeparator);
                NewLine(level + 1);
                append(i);
            }

            if (count > 0)
            {
                NewLine(level);
            }

            Builder.Append(close);
        }

        private void NewLine(int level)
        {
            if (Indent is not null)
            {
                Builder.Append('\n');
                for (int i = 0; i < level; i++)
                {
                    Builder.Append(Indent);
                }
            }
        }

        private JinjaText Key(JinjaValue key) => key as JinjaText ?? new JinjaText(Scalar(key));

        private string Scalar(JinjaValue value) => value switch
        {
            JinjaNone => "null",
            JinjaBoolean flag => flag.IsTrue ? "true" : "false",
            JinjaInteger integer => integer.Value.ToString(CultureInfo.InvariantCulture),
            JinjaFloat { Value: double.NaN } => "NaN",
            JinjaFloat number when double.IsInfinity(number.Value) => number.Value > 0 ? "Infinity" : "-Infinity",
            JinjaFloat number => JinjaFormatting.Float(number.Value),
            JinjaUndefined missing => throw Context.Error($"tojson cannot write {missing.Description}, which is undefined."),
            _ => throw Context.Error($"tojson cannot write a value of type {value.TypeName}."),
        };

        private void AppendText(JinjaText text)
        {
            Builder.Append('"');
            int start = 0;
            for (int i = 0; i < text.Length; i++)
            {
                string? escape = Escape(text.Text[i]);
                if (escape is not null)
                {
                    Builder.Append(text, start, i - start).Append(escape, text.MarksAt(i));
                    start = i + 1;
                }
            }

            Builder.Append(text, start, text.Length - start).Append('"');
        }

        private string? Escape(char unit) => unit switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\b' => "\\b",
            '\f' => "\\f",
            _ => unit < ' ' || (Ascii && unit > '~') ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}") : null,
        };
    }
}
