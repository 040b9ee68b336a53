namespace Agents.Models.Chat.Tools;

/// <summary>How a family of models writes calls of tools.</summary>
public enum ToolCallFormat
{
    /// <summary><c>&lt;tool_call&gt;{"name": ..., "arguments": ...}&lt;/tool_call&gt;</c>, any number, text in front or not (Qwen, Hermes).</summary>
    Tags = 0,

    /// <summary><c>{"name": ..., "parameters": ...}</c> as the whole answer, behind <c>&lt;|python_tag|&gt;</c> or not (Llama 3).</summary>
    Bare = 1,

    /// <summary>The control token <c>[TOOL_CALLS]</c> and a list of <c>{"name": ..., "arguments": ...}</c> (Mistral).</summary>
    List = 2,
}
