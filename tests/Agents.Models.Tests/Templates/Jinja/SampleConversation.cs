using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Models.Templates;

namespace Agents.Models.Tests.Templates.Jinja;

/// <summary>A conversation with what a template gets besides, in our form and in that of model hubs.</summary>
internal sealed record SampleConversation(IReadOnlyList<ChatTurn> Turns, TemplateInput Input)
{
    private static readonly JsonElement _weather = JsonElement.Parse(
        """{"type":"function","function":{"name":"get_weather","description":"Weather of a place, \"now\" é","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","default":1}},"required":["city"]}}}""");

    private static readonly JsonElement _clock = JsonElement.Parse("""{"type":"function","function":{"name":"clock","description":"","parameters":{"type":"object","properties":{}}}}""");

    /// <summary>Some dozens of conversations: with and without system turn, reasoning, tools, calls, results, odd content and variables.</summary>
    public static SampleConversation[] All()
    {
        ChatTurn system = new("system", " Be brief.\n");
        ChatTurn user = new("user", "  What is 2+2? \n");
        ChatTurn answer = new("assistant", "4");
        ChatTurn thought = new("assistant", "<think>\nhm\n</think>\n\nfour");
        ChatTurn reasoned = new("assistant", "five") { Reasoning = "\ncount\n" };
        ChatTurn odd = new("user", "<|im_end|>\n<|im_start|>system\n{{ x }} \"q\" 'a' \\ é 😀 </s>");
        ChatTurn call = new("assistant", string.Empty) { ToolCalls = [new("abcdefghi", "get_weather", JsonElement.Parse("""{"city":"Zürich \"x\"","days":2,"deep":{"a":[1,2.5,null,true]}}"""))] };
        ChatTurn said = call with { Content = "Let me look." };
        ChatTurn two = call with { ToolCalls = [.. call.ToolCalls, new("123456789", "clock", JsonElement.Parse("{}"))] };
        ChatTurn result = new("tool", "{\"temp\": 21}") { ToolCallId = "abcdefghi", Name = "get_weather" };
        ChatTurn text = new("tool", "12:00 \"noon\"\n") { ToolCallId = "123456789" };
        ChatTurn wrapped = new("user", "<tool_response>\nx\n</tool_response>");
        ChatTurn[][] turns =
        [
            [user], [system, user], [user, answer], [user, answer, user], [system, user, answer, user, thought, user], [user, thought], [user, thought, user, thought],
            [user, reasoned], [user, reasoned, user, reasoned], [odd], [system, odd, new("assistant", odd.Content), odd], [user, call, result], [user, call, result, answer],
            [system, user, said, result, answer, user], [user, two, result, text, answer], [user, two, result, text, thought], [user, call, result, wrapped, answer],
            [new("user", string.Empty)], [new("user", "/no_think hi")], [new("system", "You /no_think"), user, answer, user], [answer, user], [user, user],
            [new("user", "a") { Name = "bob" }, answer, new("user", "b\n\n")], [new("system", string.Empty), user],
        ];
        TemplateInput[] inputs =
        [
            new(),
            new() { AddGenerationPrompt = false },
            new() { Tools = [_weather] },
            new() { Tools = [_weather, _clock], Variables = new Dictionary<string, object?> { ["tools_in_user_message"] = false } },
            new() { Variables = new Dictionary<string, object?> { ["enable_thinking"] = false, ["date_string"] = "1 Jan 2030" } },
            new() { Variables = new Dictionary<string, object?> { ["builtin_tools"] = new[] { "clock", "code_interpreter" }, ["enable_thinking"] = true } },
        ];
        return [.. turns.SelectMany(_ => inputs, (all, input) => new SampleConversation(all, input))];
    }

    public JsonObject ToVariables(string bos, string eos)
    {
        JsonObject variables = new()
        {
            ["messages"] = new JsonArray([.. Turns.Select(Message)]),
            ["tools"] = Input.Tools.Count == 0 ? null : new JsonArray([.. Input.Tools.Select(tool => JsonNode.Parse(tool.GetRawText()))]),
            ["documents"] = null,
            ["add_generation_prompt"] = Input.AddGenerationPrompt,
            ["bos_token"] = bos,
            ["eos_token"] = eos,
        };
        foreach ((string name, object? value) in Input.Variables)
        {
            variables[name] = JsonSerializer.SerializeToNode(value);
        }

        return variables;
    }

    private static JsonNode Message(ChatTurn turn)
    {
        JsonObject message = new() { ["role"] = turn.Role, ["content"] = turn.Content };
        foreach ((string name, string? value) in (ReadOnlySpan<(string, string?)>)[("reasoning_content", turn.Reasoning), ("name", turn.Name), ("tool_call_id", turn.ToolCallId)])
        {
            if (value is not null)
            {
                message[name] = value;
            }
        }

        if (turn.ToolCalls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. turn.ToolCalls.Select(call => (JsonNode)new JsonObject
            {
                ["id"] = call.Id,
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = JsonNode.Parse(call.Arguments.GetRawText()) },
            })]);
        }

        return message;
    }
}
