using Agents.Models.Templates;

namespace Agents.Models.Chat.Tools;

/// <summary>The parts of the formats in which models write calls.</summary>
internal static class ToolCallFormats
{
    public const string OpenTag = "<tool_call>";
    public const string CloseTag = "</tool_call>";
    public const string BareMarker = "<|python_tag|>";
    public const string ListMarker = "[TOOL_CALLS]";

    /// <summary>The format of a model, by its control tokens and the token that ends its turns.</summary>
    public static ToolCallFormat Detect(ITokenizer tokenizer, ChatTemplate template) =>
        tokenizer.TryGetSpecialId(ListMarker, out _) ? ToolCallFormat.List
        : template.StopTokens.Contains("<|eot_id|>") ? ToolCallFormat.Bare
        : ToolCallFormat.Tags;

    /// <summary>Control tokens that mean something in a format.</summary>
    public static IReadOnlyList<string> Markers(ToolCallFormat format) => format switch
    {
        ToolCallFormat.Bare => [BareMarker],
        ToolCallFormat.List => [ListMarker],
        _ => [OpenTag, CloseTag],
    };

    /// <summary>Name of the arguments in a call.</summary>
    public static string ArgumentsName(ToolCallFormat format) => format == ToolCallFormat.Bare ? "parameters" : "arguments";

    /// <summary>A call of a tool whose arguments its schema accepts. The marker of lists is a control token, which a constraint never writes: it belongs to the prompt.</summary>
    public static IReadOnlyList<OutputPart> Call(ToolCallFormat format, string quotedName, string schema)
    {
        string opening = $"{{\"name\": {quotedName}, \"{ArgumentsName(format)}\": ";
        (string before, string behind) = format switch
        {
            ToolCallFormat.Bare => ("", ""),
            ToolCallFormat.List => ("[", "]"),
            _ => (OpenTag + "\n", "\n" + CloseTag),
        };
        return [new OutputPart(before + opening, false), new OutputPart(schema, true), new OutputPart("}" + behind, false)];
    }
}
