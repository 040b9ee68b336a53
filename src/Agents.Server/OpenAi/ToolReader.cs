using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agents.Server.OpenAi;

/// <summary>Reads tool definitions and response formats. They pass through to the client, which refuses what it cannot do.</summary>
internal static class ToolReader
{
    private const int MaximumTools = 128;
    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    /// <summary>Reads tools and how they may be chosen.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="options">Receives them.</param>
    public static void Read(JsonFields fields, ChatOptions options)
    {
        List<string> names = [];
        if (fields.Of("tools", JsonValueKind.Array) is JsonElement tools)
        {
            if (tools.GetArrayLength() > MaximumTools)
            {
                throw ApiErrorException.Invalid("tools", $"'tools' has {tools.GetArrayLength()} entries; expected at most {MaximumTools}.");
            }

            options.Tools = [];
            foreach (JsonElement tool in tools.EnumerateArray())
            {
                AITool declared = ReadTool(tool, $"tools[{options.Tools.Count}]");
                options.Tools.Add(declared);
                names.Add(declared.Name);
            }
        }

        options.ToolMode = ReadChoice(fields, names);
        options.AllowMultipleToolCalls = fields.Any("parallel_tool_calls") is null ? null : fields.Flag("parallel_tool_calls");
    }

    /// <summary>Reads the format of the answer.</summary>
    /// <param name="fields">The request.</param>
    /// <returns>The format; null when not stated.</returns>
    public static ChatResponseFormat? ReadResponseFormat(JsonFields fields)
    {
        if (fields.Of("response_format", JsonValueKind.Object) is not JsonElement format)
        {
            return null;
        }

        JsonFields inner = new(format, "response_format");
        string type = inner.RequiredText("type");
        if (type is "text" or "json_object")
        {
            return type == "text" ? ChatResponseFormat.Text : ChatResponseFormat.Json;
        }

        if (type != "json_schema" || inner.Of("json_schema", JsonValueKind.Object) is not JsonElement wrapper)
        {
            throw ApiErrorException.Invalid("response_format", "'response_format' must be of type text, json_object, or json_schema with its schema.");
        }

        JsonFields named = new(wrapper, "response_format.json_schema");
        JsonElement schema = named.Of("schema", JsonValueKind.Object)
            ?? throw ApiErrorException.Invalid(named.PathOf("schema"), $"'{named.PathOf("schema")}' is missing; expected an object.");
        return ChatResponseFormat.ForJsonSchema(schema.Clone(), named.Text("name"), named.Text("description"));
    }

    private static AIFunctionDeclaration ReadTool(JsonElement tool, string path)
    {
        if (tool.ValueKind != JsonValueKind.Object)
        {
            throw ApiErrorException.Invalid(path, $"'{path}' is {tool.ValueKind}; expected an object.");
        }

        JsonFields fields = new(tool, path);
        if (fields.RequiredText("type") != "function" || fields.Of("function", JsonValueKind.Object) is not JsonElement function)
        {
            throw ApiErrorException.Invalid(fields.PathOf("type"), $"'{path}' is no function; other tools are not known.");
        }

        JsonFields described = new(function, fields.PathOf("function"));
        string name = described.RequiredText("name");
        if (name.Length is 0 or > 64 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-'))
        {
            throw ApiErrorException.Invalid(described.PathOf("name"), $"'{described.PathOf("name")}' must have 1 to 64 letters, digits, '_' or '-'.");
        }

        JsonElement parameters = described.Of("parameters", JsonValueKind.Object)?.Clone() ?? NoParameters;
        return AIFunctionFactory.CreateDeclaration(name, described.Text("description"), parameters);
    }

    private static ChatToolMode? ReadChoice(JsonFields fields, List<string> names)
    {
        if (fields.Any("tool_choice") is not JsonElement choice)
        {
            return null;
        }

        if (choice.ValueKind == JsonValueKind.String)
        {
            return choice.GetString() switch
            {
                "auto" => ChatToolMode.Auto,
                "none" => ChatToolMode.None,
                "required" => ChatToolMode.RequireAny,
                string other => throw ApiErrorException.Invalid("tool_choice", $"'tool_choice' is '{other}'; expected auto, none, required or a function."),
                null => null,
            };
        }

        if (choice.ValueKind == JsonValueKind.Object && new JsonFields(choice, "tool_choice").Of("function", JsonValueKind.Object) is JsonElement function)
        {
            string name = new JsonFields(function, "tool_choice.function").RequiredText("name");
            return names.Contains(name, StringComparer.Ordinal)
                ? ChatToolMode.RequireSpecific(name)
                : throw ApiErrorException.Invalid("tool_choice", $"'tool_choice' names the function '{name}', which is not among the tools.");
        }

        throw fields.Mismatch("tool_choice", "auto, none, required or a function");
    }
}
