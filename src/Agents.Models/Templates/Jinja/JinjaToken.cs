namespace Agents.Models.Templates.Jinja;

/// <summary>A lexical element of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string literal the value.</param>
/// <param name="Position">Where it starts.</param>
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, JinjaPosition Position)
{
    public bool IsOperator(string text) => Kind == JinjaTokenKind.Operator && Text == text;

    public bool IsName(string text) => Kind == JinjaTokenKind.Name && Text == text;

    /// <summary>The element in messages.</summary>
    public string Shown => Kind switch
    {
        JinjaTokenKind.End => "the end of the template",
        JinjaTokenKind.Data => "text",
        JinjaTokenKind.VariableBegin => "'{{'",
        JinjaTokenKind.VariableEnd => "'}}'",
        JinjaTokenKind.BlockBegin => "'{%'",
        JinjaTokenKind.BlockEnd => "'%}'",
        JinjaTokenKind.Text => "a string",
        _ => $"'{Text}'",
    };
}
