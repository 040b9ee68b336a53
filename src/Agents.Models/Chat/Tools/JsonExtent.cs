namespace Agents.Models.Chat.Tools;

/// <summary>Finds where a JSON object or array that arrives in pieces ends, without parsing it.</summary>
internal struct JsonExtent
{
    private int _depth;
    private bool _inString;
    private bool _escaped;

    /// <summary>Looks at the next characters.</summary>
    /// <param name="text">The text; it starts with the opening bracket when nothing was seen before.</param>
    /// <returns>Number of characters up to and with the closing bracket; negative when it is not there yet.</returns>
    public int Find(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char sign = text[i];
            if (_escaped)
            {
                _escaped = false;
            }
            else if (_inString)
            {
                _escaped = sign == '\\';
                _inString = sign != '"';
            }
            else if (sign == '"')
            {
                _inString = true;
            }
            else if (sign is '{' or '[')
            {
                _depth++;
            }
            else if (sign is '}' or ']' && --_depth <= 0)
            {
                return i + 1;
            }
        }

        return -1;
    }
}
