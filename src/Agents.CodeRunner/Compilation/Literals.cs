using System.Text;

namespace Agents.CodeRunner.Compilation;

/// <summary>Tests are written with lists in brackets, which this compiler's language version does not know yet.</summary>
internal static class Literals
{
    /// <summary>Turns <c>[1, 2]</c> into <c>new[] { 1, 2 }</c> wherever a value begins.</summary>
    /// <param name="text">Source text of one line.</param>
    public static string CSharp(string text)
    {
        var result = new StringBuilder();
        var lists = new Stack<bool>();
        char before = '(';
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            if (character is '"' or '\'')
            {
                int end = EndOfText(text, i);
                result.Append(text, i, end - i + 1);
                i = end;
                before = character;
                continue;
            }

            if (character == '[')
            {
                // After a name, a bracket or a closing parenthesis it is an index.
                bool list = before is '(' or ',' or '[' or '{' or '=' or ':';
                bool empty = list && text[(i + 1)..].TrimStart().StartsWith(']');
                lists.Push(list);
                result.Append(!list ? "[" : empty ? "new object[0] { " : "new[] { ");
            }
            else if (character == ']' && lists.TryPop(out bool list))
            {
                result.Append(list ? " }" : "]");
            }
            else
            {
                result.Append(character);
            }

            before = char.IsWhiteSpace(character) ? before : character;
        }

        return result.ToString();
    }

    private static int EndOfText(string text, int start)
    {
        for (int i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == text[start])
            {
                return i;
            }
        }

        return text.Length - 1;
    }
}
