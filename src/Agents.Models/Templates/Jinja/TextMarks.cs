namespace Agents.Models.Templates.Jinja;

/// <summary>Where a character comes from. Text without marks is the template's own, and only that may become a control token.</summary>
[Flags]
internal enum TextMarks : byte
{
    /// <summary>Written by the template.</summary>
    None = 0,

    /// <summary>Comes from a message, a tool, a document or a variable.</summary>
    Content = 1,

    /// <summary>Written by the assistant, so that supervised training learns it.</summary>
    Target = 2,
}
