namespace Agents.Models.Templates.Jinja;

/// <summary>Kind of a lexical element.</summary>
internal enum JinjaTokenKind
{
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    Integer,
    Float,
    Text,
    Operator,
    End,
}
