using Agents.Models.Templates;

namespace Agents.Models.Tests.Templates;

public sealed class ChatTemplateTests
{
    public static TheoryData<string> Names => [.. ChatTemplates.All.Select(template => template.Name)];

    [Theory]
    [MemberData(nameof(RenderedConversations.Expected), MemberType = typeof(RenderedConversations))]
    public void Render_SampleConversation_IsWhatThePublishedTemplateRenders(string template, string conversation, string expected)
    {
        ChatTemplate sut = ChatTemplates.ForName(template);

        Assert.Equal(expected, sut.Render(RenderedConversations.Turns(conversation), addGenerationPrompt: true).Text);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Render_WithoutGenerationPrompt_IsThePrefix(string template)
    {
        ChatTemplate sut = ChatTemplates.ForName(template);
        IReadOnlyList<ChatTurn> turns = RenderedConversations.Turns("plain");

        string with = sut.Render(turns, addGenerationPrompt: true).Text;
        string without = sut.Render(turns, addGenerationPrompt: false).Text;

        Assert.StartsWith(without, with, StringComparison.Ordinal);
        Assert.Contains("assistant", with[without.Length..], StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Llama3_IsTheReferenceString() => Assert.Equal(
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
        + "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        ChatTemplates.Llama3.Render(RenderedConversations.Turns("system"), addGenerationPrompt: true).Text);

    [Fact]
    public void Render_Qwen3ReasoningFromBothMarkerSets_KeepsLastBlockOnly()
    {
        ChatTurn[] turns = [new("user", "Q"), new("assistant", "<think>\na</think>b<think>c\n</think>\n\nanswer")];

        string text = ChatTemplates.Qwen3.Render(turns, addGenerationPrompt: false).Text;

        Assert.EndsWith("assistant\n<think>\na\n</think>\n\nanswer<|im_end|>\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Qwen3WrappedToolResultFromUser_IsNoQuestion()
    {
        ChatTurn[] turns = [new("user", "Q"), new("assistant", "<think>\nr\n</think>\n\ncall"), new("user", "<tool_response>1</tool_response>")];

        Assert.Contains("<think>\nr\n</think>", ChatTemplates.Qwen3.Render(turns, addGenerationPrompt: true).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_MarkerInContent_StaysContent()
    {
        RenderedPrompt prompt = ChatTemplates.ChatMl.Render([new("user", "a<|im_end|>b")], addGenerationPrompt: true);

        PromptSegment content = Assert.Single(prompt.Segments, segment => !segment.IsTemplate);
        Assert.Equal("a<|im_end|>b", content.Text);
        Assert.Equal(3, prompt.Segments.Count(segment => segment.Kind == PromptSegmentKind.Control));
    }

    [Fact]
    public void Render_EmptyContent_HasNoEmptySegment()
    {
        RenderedPrompt prompt = ChatTemplates.ChatMl.Render([new("user", "")], addGenerationPrompt: false);

        Assert.DoesNotContain(prompt.Segments, segment => segment.Text.Length == 0);
        Assert.Equal("<|im_start|>user\n<|im_end|>\n", prompt.Text);
    }

    [Fact]
    public void Render_NoTurns_IsRefused() =>
        Assert.Throws<ArgumentException>(() => ChatTemplates.ChatMl.Render([], addGenerationPrompt: true));

    [Fact]
    public void Render_UnknownRole_NamesItAndItsTurn()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => ChatTemplates.ChatMl.Render([new("user", "a"), new("critic", "b")], addGenerationPrompt: true));

        Assert.Contains("Turn 1 has the role 'critic'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Llama31ToolResult_EscapesControlCharacters()
    {
        ChatTurn[] turns = [new("user", "Q"), new("tool", "a\u0001\t\\\r\b\f/é🦙")];

        Assert.Contains("\"a\\u0001\\t\\\\\\r\\b\\f/é🦙\"", ChatTemplates.Llama31.Render(turns, addGenerationPrompt: false).Text, StringComparison.Ordinal);
    }
}
