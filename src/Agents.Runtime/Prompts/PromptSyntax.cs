using Agents.Prompts;

namespace Agents.Runtime.Prompts;

/// <summary>
/// The closed part of Handlebars that prompts may use: paths, <c>each</c>, <c>if</c>, <c>unless</c>, <c>else</c>, <c>@index @first @last @key</c>
/// and <c>number @index</c> (from 1). Partials, decorators, subexpressions and other helpers are refused before a template is compiled.
/// </summary>
internal static class PromptSyntax
{
    private static readonly string[] Blocks = ["each", "if", "unless"];
    private static readonly string[] Data = ["@index", "@first", "@last", "@key"];

    /// <summary>Checks a template and returns the variables it reads from the top level, in order of appearance.</summary>
    /// <param name="template">The template.</param>
    /// <param name="place">File and line, for errors.</param>
    /// <exception cref="PromptException">The template uses something outside the closed part, or its blocks do not match.</exception>
    public static IReadOnlyList<string> Check(string template, string place)
    {
        List<string> variables = [];
        Stack<string> open = new();
        int at = 0;
        while ((at = template.IndexOf("{{", at, StringComparison.Ordinal)) >= 0)
        {
            bool comment = template.AsSpan(at).StartsWith("{{!--", StringComparison.Ordinal);
            bool triple = !comment && template.AsSpan(at).StartsWith("{{{", StringComparison.Ordinal);
            string close = comment ? "--}}" : triple ? "}}}" : "}}";
            int start = at + (triple ? 3 : 2);
            int end = template.IndexOf(close, start, StringComparison.Ordinal);
            if (end < 0)
            {
                throw Broken(place, template, at, "a tag is not closed");
            }

            string tag = template[start..end].Trim('~').Trim();
            if (!comment && !tag.StartsWith('!'))
            {
                Tag(tag, open, variables, place, template, at);
            }

            at = end + close.Length;
        }

        return open.Count == 0 ? variables : throw Broken(place, template, template.Length, $"the block '#{open.Peek()}' is not closed");
    }

    private static void Tag(string tag, Stack<string> open, List<string> variables, string place, string template, int at)
    {
        string[] words = tag.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string head = words.Length == 0 ? "" : words[0];
        if (head.StartsWith('#'))
        {
            if (!Blocks.Contains(head[1..]) || words.Length != 2)
            {
                throw Broken(place, template, at, $"the block '{{{{{tag}}}}}' is not allowed; blocks are #each, #if and #unless with one path");
            }

            Path(words[1], open, variables, place, template, at);
            open.Push(head[1..]);
        }
        else if (head.StartsWith('/'))
        {
            if (words.Length != 1 || !open.TryPop(out string? opened) || opened != head[1..])
            {
                throw Broken(place, template, at, $"'{{{{{tag}}}}}' closes no block that is open here");
            }
        }
        else if (tag == "else")
        {
            if (open.Count == 0)
            {
                throw Broken(place, template, at, "'{{else}}' stands outside a block");
            }
        }
        else if (head == "number")
        {
            if (words is not [_, "@index"])
            {
                throw Broken(place, template, at, "'number' takes '@index' and nothing else");
            }
        }
        else if (words.Length == 1)
        {
            Path(head, open, variables, place, template, at);
        }
        else
        {
            throw Broken(place, template, at, $"'{{{{{tag}}}}}' is not allowed; the only helper is 'number @index'");
        }
    }

    private static void Path(string path, Stack<string> open, List<string> variables, string place, string template, int at)
    {
        if (path.StartsWith('@'))
        {
            if (!Data.Contains(path))
            {
                throw Broken(place, template, at, $"'{path}' is unknown. {NearestNames.Describe(path, Data)}");
            }

            return;
        }

        // Every #each opens a scope of its own, and every '../' leaves one.
        int scopes = open.Count(block => block == "each");
        string rest = path;
        while (rest.StartsWith("../", StringComparison.Ordinal))
        {
            scopes--;
            rest = rest[3..];
        }

        string[] names = rest.Split('.');
        if (scopes < 0 || names.Any(name => name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')))
        {
            throw Broken(place, template, at, $"'{path}' is no path to a variable");
        }

        if (scopes == 0 && names[0] != "this" && !variables.Contains(names[0]))
        {
            variables.Add(names[0]);
        }
    }

    private static PromptException Broken(string place, string template, int at, string sentence) =>
        new($"{place}, template line {template.AsSpan(0, Math.Min(at, template.Length)).Count('\n') + 1}: {sentence}.");
}
