namespace Agents.Models.Templates.Jinja;

/// <summary>How a block ended.</summary>
internal enum JinjaFlow
{
    Normal,
    Break,
    Continue,
}
