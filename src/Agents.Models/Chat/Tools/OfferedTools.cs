using System.Text.Json;
using Agents.Models.Templates;
using Microsoft.Extensions.AI;

namespace Agents.Models.Chat.Tools;

/// <summary>The tools of a call, as the model gets and writes them.</summary>
internal sealed class OfferedTools
{
    private readonly List<AIFunctionDeclaration> _tools;
    private readonly ChatToolMode _mode;

    private OfferedTools(List<AIFunctionDeclaration> tools, ChatToolMode mode, ToolCallFormat format)
    {
        _tools = tools;
        _mode = mode;
        Format = format;
        Names = tools.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);
    }

    public ToolCallFormat Format { get; }

    public IReadOnlySet<string> Names { get; }

    /// <summary>Gets whether the answer must be a call.</summary>
    public bool Required => _mode is RequiredChatToolMode;

    /// <summary>Gets whether the prompt opens the call, because its marker is a control token that no constraint writes.</summary>
    public bool PromptOpensCall => Required && Format == ToolCallFormat.List;

    /// <summary>Gets the tools in the form that templates expect.</summary>
    public IReadOnlyList<JsonElement> Definitions => [.. _tools.Select(Define)];

    /// <summary>Reads the tools of a call.</summary>
    /// <param name="options">Settings of the call.</param>
    /// <param name="format">How the model writes calls.</param>
    /// <returns>Null when none are offered.</returns>
    /// <exception cref="NotSupportedException">A tool is no function.</exception>
    /// <exception cref="ArgumentException">A name is used twice, or the required tool is not among them.</exception>
    public static OfferedTools? From(ChatOptions? options, ToolCallFormat format)
    {
        ChatToolMode mode = options?.ToolMode ?? ChatToolMode.Auto;
        if (options?.Tools is not { Count: > 0 } tools)
        {
            return mode is RequiredChatToolMode
                ? throw new ArgumentException("ChatOptions.ToolMode requires a tool call, but ChatOptions.Tools is empty.", nameof(options))
                : null;
        }

        if (mode is NoneChatToolMode)
        {
            return null;
        }

        List<AIFunctionDeclaration> functions = [];
        foreach (AITool tool in tools)
        {
            functions.Add(tool as AIFunctionDeclaration ?? throw new NotSupportedException(
                $"The tool '{tool.Name}' is of type {tool.GetType().Name}; the embedded model calls functions only (AIFunctionDeclaration)."));
        }

        if (functions.DistinctBy(tool => tool.Name, StringComparer.Ordinal).Count() < functions.Count)
        {
            throw new ArgumentException("Two tools of ChatOptions.Tools have the same name.", nameof(options));
        }

        return mode is RequiredChatToolMode { RequiredFunctionName: { } name } && !functions.Exists(tool => tool.Name == name)
            ? throw new ArgumentException($"ChatOptions.ToolMode requires the tool '{name}', which is not in ChatOptions.Tools.", nameof(options))
            : new OfferedTools(functions, mode, format);
    }

    /// <summary>One alternative per tool that may be called.</summary>
    public List<IReadOnlyList<OutputPart>> Alternatives() =>
    [
        .. _tools.Where(tool => _mode is not RequiredChatToolMode { RequiredFunctionName: { } name } || tool.Name == name)
            .Select(tool => ToolCallFormats.Call(Format, JsonSerializer.Serialize(tool.Name), tool.JsonSchema.GetRawText())),
    ];

    private static JsonElement Define(AIFunctionDeclaration tool)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", tool.Name);
            writer.WriteString("description", tool.Description);
            writer.WritePropertyName("parameters");
            tool.JsonSchema.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return JsonElement.Parse(stream.ToArray());
    }
}
