namespace Agents.Models.Templates.Jinja;

/// <summary>Character classes as Python sees them.</summary>
internal static class JinjaCharacters
{
    /// <summary>Python's white space: White_Space and the four information separators.</summary>
    public static bool IsSpace(char unit) => char.IsWhiteSpace(unit) || unit is >= '\u001C' and <= '\u001F';
}
