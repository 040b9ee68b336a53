namespace Agents.Models.Templates.Jinja;

/// <summary>Marks of a stretch of text.</summary>
/// <param name="End">Where it ends, as a UTF-16 index.</param>
/// <param name="Marks">Marks of its characters.</param>
internal readonly record struct TextRun(int End, TextMarks Marks);
