using System.Text.Encodings.Web;

namespace Agents.Training.Reports;

/// <summary>Text in a page.</summary>
internal static class HtmlText
{
    /// <summary>Makes text harmless between tags and inside quoted attributes: recipes, component names and warnings are not ours.</summary>
    /// <param name="text">Any text.</param>
    public static string Escape(string text) => HtmlEncoder.Default.Encode(text);
}
