using System.Text.Json;
using Agents.Models.Chat.Tools;
using Microsoft.Extensions.AI;

namespace Agents.Models.Tests.Chat;

public sealed class ToolCallReaderTests
{
    /// <summary>Format, answer, and what it is read as: text between bars, calls as name(arguments), errors as an exclamation mark.</summary>
    public static TheoryData<ToolCallFormat, string, string> Answers => new()
    {
        { ToolCallFormat.Tags, "just text", "just text" },
        { ToolCallFormat.Tags, "a < b <tool", "a < b <tool" },
        { ToolCallFormat.Tags, """<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>""", """f({"a":1})""" },
        { ToolCallFormat.Tags, "Let me see.\n<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>\n", "Let me see.\n|f({})" },
        { ToolCallFormat.Tags, "<tool_call>\n{\"name\":\"f\",\"arguments\":{}}\n</tool_call>\n<tool_call>\n{\"name\":\"g\",\"arguments\":{\"x\":\"y\"}}\n</tool_call>", """f({})|g({"x":"y"})""" },
        { ToolCallFormat.Tags, """<tool_call>{"name":"f","arguments":{"t":"</tool_call>"}}</tool_call> done""", """f({"t":"</tool_call>"})| done""" },
        { ToolCallFormat.Tags, """<tool_call>{"name":"f","arguments":{}}""", "f({})" },
        { ToolCallFormat.Tags, """<tool_call>{"name":"f","arguments":{""", """<tool_call>{"name":"f","arguments":{|!""" },
        { ToolCallFormat.Tags, "<tool_call>nonsense</tool_call> and more", "<tool_call>nonsense</tool_call>|!| and more" },
        { ToolCallFormat.Tags, """<tool_call>{"name":7,"arguments":{}}</tool_call>""", """<tool_call>{"name":7,"arguments":{}}</tool_call>|!""" },
        { ToolCallFormat.Tags, """<tool_call>{"name":"f"}</tool_call>""", """<tool_call>{"name":"f"}</tool_call>|!""" },
        { ToolCallFormat.Tags, """<tool_call>{"name":"f","arguments":[1]}</tool_call>""", """<tool_call>{"name":"f","arguments":[1]}</tool_call>|!""" },
        { ToolCallFormat.Bare, """{"name": "f", "parameters": {"a": [1, "}"]}}""", """f({"a":[1,"}"]})""" },
        { ToolCallFormat.Bare, "\n {\"name\":\"f\",\"parameters\":{}}; {\"name\":\"g\",\"parameters\":{}}", "f({})|g({})" },
        { ToolCallFormat.Bare, "The call {\"name\":\"f\",\"parameters\":{}}", "The call {\"name\":\"f\",\"parameters\":{}}" },
        { ToolCallFormat.Bare, """{"answer": 42}""", """{"answer": 42}""" },
        { ToolCallFormat.Bare, """{"name":"unknown","parameters":{}}""", """{"name":"unknown","parameters":{}}""" },
        { ToolCallFormat.Bare, """{"name":"f","param""", """{"name":"f","param""" },
        { ToolCallFormat.Bare, """<|python_tag|>{"name":"unknown","parameters":{}}""", "unknown({})" },
        { ToolCallFormat.Bare, "<|python_tag|>print(1)", "<|python_tag|>print(1)|!" },
        { ToolCallFormat.List, "text", "text" },
        { ToolCallFormat.List, """[TOOL_CALLS][{"name":"f","arguments":{"a":1}},{"name":"g","arguments":{}}]""", """f({"a":1})|g({})""" },
        { ToolCallFormat.List, """so [TOOL_CALLS] [{"name":"f","arguments":{}}]""", "so |f({})" },
        { ToolCallFormat.List, """[TOOL_CALLS][{"name":"f"}]""", """[TOOL_CALLS][{"name":"f"}]|!""" },
        { ToolCallFormat.List, """[TOOL_CALLS][{"name":"f","arg""", """[TOOL_CALLS][{"name":"f","arg|!""" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Append_AnyPieces_ReadsTheSame(ToolCallFormat format, string answer, string expected)
    {
        for (int size = 1; size <= answer.Length; size++)
        {
            Assert.Equal(expected, Read(format, answer, size));
        }
    }

    [Fact]
    public void Append_TextBeforeACall_IsPassedOnAtOnce()
    {
        ToolCallReader reader = new(ToolCallFormat.Tags, new HashSet<string>(), () => "id", begun: false);
        List<AIContent> contents = [];

        reader.Append("Wait", contents);
        Assert.Equal("Wait", Assert.IsType<TextContent>(Assert.Single(contents)).Text);

        contents.Clear();
        reader.Append(" <tool", contents);
        Assert.Equal(" ", Assert.IsType<TextContent>(Assert.Single(contents)).Text);

        contents.Clear();
        reader.Append("""_call>{"name":"f","arguments":{}}""", contents);
        Assert.Empty(contents);

        reader.Append("</tool_call>", contents);
        Assert.Equal("f", Assert.IsType<FunctionCallContent>(Assert.Single(contents)).Name);
    }

    [Fact]
    public void Append_BegunByThePrompt_ReadsTheCallWithoutItsMarker()
    {
        ToolCallReader reader = new(ToolCallFormat.List, new HashSet<string>(), () => "id", begun: true);
        List<AIContent> contents = [];

        reader.Append("""[{"name":"f","arguments":{}}]""", contents);

        Assert.Equal("f", Assert.IsType<FunctionCallContent>(Assert.Single(contents)).Name);
    }

    private static string Read(ToolCallFormat format, string answer, int size)
    {
        int ids = 0;
        ToolCallReader reader = new(format, new HashSet<string> { "f", "g" }, () => $"{ids++}", begun: false);
        List<AIContent> contents = [];
        string[] markers = format == ToolCallFormat.Tags ? [] : [ToolCallFormats.BareMarker, ToolCallFormats.ListMarker];
        int at = 0;
        while (at < answer.Length)
        {
            string? marker = markers.FirstOrDefault(marker => answer.AsSpan(at).StartsWith(marker));
            if (marker is not null)
            {
                reader.AppendMarker(marker, contents);
                at += marker.Length;
                continue;
            }

            int end = Math.Min(answer.Length, at + size);
            int next = markers.Select(known => answer.IndexOf(known, at, StringComparison.Ordinal)).Where(found => found >= 0).DefaultIfEmpty(answer.Length).Min();
            reader.Append(answer[at..Math.Min(end, next)], contents);
            at = Math.Min(end, next);
        }

        reader.Finish(contents);
        List<string> read = [];
        bool wasText = false;
        foreach (AIContent content in contents)
        {
            bool isText = content is TextContent;
            string shown = content switch
            {
                TextContent text => text.Text,
                FunctionCallContent call => $"{call.Name}({JsonSerializer.Serialize(call.Arguments, JsonSerializerOptions.Web).Replace("\\u003C", "<", StringComparison.Ordinal).Replace("\\u003E", ">", StringComparison.Ordinal)})",
                _ => "!",
            };
            if (isText && wasText)
            {
                read[^1] += shown;
            }
            else
            {
                read.Add(shown);
            }

            wasText = isText;
        }

        return string.Join('|', read);
    }
}
