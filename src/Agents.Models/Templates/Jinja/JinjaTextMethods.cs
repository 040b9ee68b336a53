using System.Globalization;

namespace Agents.Models.Templates.Jinja;

/// <summary>Methods of strings. Parts of a string keep the marks of their characters.</summary>
internal static class JinjaTextMethods
{
    public static JinjaFunction? Find(JinjaText text, string name)
    {
        Func<JinjaContext, JinjaArguments, JinjaValue>? method = name switch
        {
            "strip" => (context, arguments) => JinjaTextEditing.Trim(context, text, arguments.FindText(context, 0, "chars"), left: true, right: true),
            "lstrip" => (context, arguments) => JinjaTextEditing.Trim(context, text, arguments.FindText(context, 0, "chars"), left: true, right: false),
            "rstrip" => (context, arguments) => JinjaTextEditing.Trim(context, text, arguments.FindText(context, 0, "chars"), left: false, right: true),
            "removeprefix" => (context, arguments) => RemoveAffix(context, text, arguments.RequireText(context, 0, "prefix"), atStart: true),
            "removesuffix" => (context, arguments) => RemoveAffix(context, text, arguments.RequireText(context, 0, "suffix"), atStart: false),
            "split" => (context, arguments) => JinjaTextEditing.Split(context, text, arguments.FindText(context, 0, "sep"), arguments.FindInteger(context, 1, "maxsplit", -1)),
            "rsplit" => (context, arguments) => JinjaTextEditing.SplitFromEnd(context, text, arguments.FindText(context, 0, "sep"), arguments.FindInteger(context, 1, "maxsplit", -1)),
            "splitlines" => (context, arguments) => JinjaTextEditing.SplitLines(context, text, arguments.FindFlag(0, "keepends", fallback: false)),
            "partition" => (context, arguments) => JinjaTextEditing.Partition(context, text, arguments.RequireText(context, 0, "sep"), fromEnd: false),
            "rpartition" => (context, arguments) => JinjaTextEditing.Partition(context, text, arguments.RequireText(context, 0, "sep"), fromEnd: true),
            "startswith" => (context, arguments) => JinjaBoolean.Of(Affixes(context, arguments).Any(affix => text.Text.StartsWith(affix.Text, StringComparison.Ordinal))),
            "endswith" => (context, arguments) => JinjaBoolean.Of(Affixes(context, arguments).Any(affix => text.Text.EndsWith(affix.Text, StringComparison.Ordinal))),
            "replace" => (context, arguments) => JinjaTextEditing.Replace(
                context, text, arguments.RequireText(context, 0, "old"), arguments.RequireText(context, 1, "new"), arguments.FindInteger(context, 2, "count", -1)),
            "find" or "index" => (context, arguments) => Position(context, text, text.Text.IndexOf(arguments.RequireText(context, 0, "sub").Text, StringComparison.Ordinal), name),
            "rfind" or "rindex" => (context, arguments) => Position(context, text, LastIndex(text.Text, arguments.RequireText(context, 0, "sub").Text), name),
            "count" => (context, arguments) => JinjaTextEditing.Count(context, text, arguments.RequireText(context, 0, "sub")),
            "join" => (context, arguments) => JinjaTextEditing.Join(context, JinjaSequences.Items(context, arguments.Require(context, 0, "iterable")), text, converts: false),
            "format" => (context, arguments) => JinjaTextFormat.Braces(context, text, arguments),
            "zfill" => (context, arguments) => JinjaTextEditing.Pad(context, text, arguments.FindInteger(context, 0, "width", 0), '0', left: true),
            "ljust" => (context, arguments) => JinjaTextEditing.Pad(context, text, arguments.FindInteger(context, 0, "width", 0), ' ', left: false),
            "rjust" => (context, arguments) => JinjaTextEditing.Pad(context, text, arguments.FindInteger(context, 0, "width", 0), ' ', left: true),
            _ => FindCase(text, name),
        };
        return method is null ? null : new JinjaFunction(name, method);
    }

    private static Func<JinjaContext, JinjaArguments, JinjaValue>? FindCase(JinjaText text, string name) => name switch
    {
        "upper" => (context, _) => text.WithText(context, text.Text.ToUpperInvariant()),
        "lower" or "casefold" => (context, _) => text.WithText(context, text.Text.ToLowerInvariant()),
        "title" => (context, _) => JinjaTextEditing.Title(context, text),
        "capitalize" => (context, _) => JinjaTextEditing.Capitalize(context, text),
        "isdigit" or "isdecimal" or "isnumeric" => (context, _) => All(context, text, unit => char.GetUnicodeCategory(unit) == UnicodeCategory.DecimalDigitNumber),
        "isalpha" => (context, _) => All(context, text, char.IsLetter),
        "isalnum" => (context, _) => All(context, text, char.IsLetterOrDigit),
        "isspace" => (context, _) => All(context, text, JinjaCharacters.IsSpace),
        "isupper" => (context, _) => HasCase(context, text, char.IsUpper, char.IsLower),
        "islower" => (context, _) => HasCase(context, text, char.IsLower, char.IsUpper),
        _ => null,
    };

    private static IEnumerable<JinjaText> Affixes(JinjaContext context, JinjaArguments arguments) => arguments.Require(context, 0, "affix") switch
    {
        JinjaList { IsTuple: true } tuple => tuple.Items.Select(item => item as JinjaText ?? throw context.Error($"{arguments.Function} got a {item.TypeName}; expected strings.")),
        _ => [arguments.RequireText(context, 0, "affix")],
    };

    private static JinjaText RemoveAffix(JinjaContext context, JinjaText text, JinjaText affix, bool atStart)
    {
        bool present = atStart ? text.Text.StartsWith(affix.Text, StringComparison.Ordinal) : text.Text.EndsWith(affix.Text, StringComparison.Ordinal);
        return present ? text.Slice(context, atStart ? affix.Length : 0, text.Length - affix.Length) : text;
    }

    private static int LastIndex(string text, string part) => part.Length == 0 ? text.Length : text.LastIndexOf(part, StringComparison.Ordinal);

    private static JinjaInteger Position(JinjaContext context, JinjaText text, int at, string name)
    {
        context.Scan(text.Length);
        if (at < 0)
        {
            return name.EndsWith("index", StringComparison.Ordinal) ? throw context.Error("the string has no such part.") : new JinjaInteger(-1);
        }

        return new JinjaInteger(text.CountCodePoints(context) == text.Length ? at : text.Slice(context, 0, at).CountCodePoints(context));
    }

    private static JinjaBoolean All(JinjaContext context, JinjaText text, Func<char, bool> holds)
    {
        context.Scan(text.Length);
        return JinjaBoolean.Of(text.Length > 0 && text.Text.All(holds));
    }

    private static JinjaBoolean HasCase(JinjaContext context, JinjaText text, Func<char, bool> wanted, Func<char, bool> unwanted)
    {
        context.Scan(text.Length);
        return JinjaBoolean.Of(text.Text.Any(wanted) && !text.Text.Any(unwanted));
    }
}
