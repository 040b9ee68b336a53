using Agents.Models.Templates;

namespace Agents.Models.Tests.Templates;

public sealed class ChatTemplatesTests
{
    [Fact]
    public void Detect_OwnJinja_IsChatMl() => Assert.Same(ChatTemplates.ChatMl, ChatTemplates.Detect(ChatMlTemplate.Jinja + "\r\n"));

    [Theory]
    [InlineData("chatml", "{%- for m in messages -%}<|im_start|>{{ m.role }}{{ m.content }}<|im_end|>{%- endfor -%}{% if add_generation_prompt %}x{% endif %}")]
    [InlineData("llama3", "{{ bos_token }}<|start_header_id|>{{ role }}<|end_header_id|>{{ content }}<|eot_id|>")]
    [InlineData("llama3.1", "<|start_header_id|>system<|end_header_id|>Cutting Knowledge Date: x tools <|eot_id|>")]
    [InlineData("qwen2.5", "<|im_start|>system You are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|> tools <tool_response>")]
    [InlineData("qwen3", "<|im_start|> ns.last_query_index <tool_response> <think> enable_thinking <|im_end|>")]
    public void Detect_EditedCopy_IsFoundByItsMarkers(string expected, string jinja) =>
        Assert.Equal(expected, ChatTemplates.Detect(jinja).Name);

    [Theory]
    [InlineData("[INST] {{ content }} [/INST]")]
    [InlineData("<|im_start|>system\nYou are a helpful assistant.<|im_end|>{{ add_generation_prompt }}")]
    [InlineData("<|im_start|>{{ x }}<|im_end|><think>{{ add_generation_prompt }}")]
    [InlineData("<|im_start|>only, add_generation_prompt")]
    public void Detect_UnknownTemplate_NamesTheKnownOnes(string jinja)
    {
        ChatTemplateException error = Assert.Throws<ChatTemplateException>(() => ChatTemplates.Detect(jinja));

        Assert.Contains("chatml, llama3, llama3.1, qwen2.5, qwen3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" \n")]
    public void Detect_NoTemplate_SaysSo(string? jinja) =>
        Assert.Contains("no chat template", Assert.Throws<ChatTemplateException>(() => ChatTemplates.Detect(jinja)).Message, StringComparison.Ordinal);

    [Fact]
    public void ForName_EveryBuiltIn_IsFoundInAnyCase() => Assert.All(
        ChatTemplates.All, template => Assert.Same(template, ChatTemplates.ForName(template.Name.ToUpperInvariant())));

    [Fact]
    public void ForName_Unknown_NamesTheKnownOnes() =>
        Assert.Contains("chatml", Assert.Throws<ChatTemplateException>(() => ChatTemplates.ForName("alpaca")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Qwen-Qwen2.5-7B-Instruct", "qwen2.5")]
    [InlineData("Qwen-Qwen3-0.6B", "qwen3")]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct", "llama3.1")]
    [InlineData("meta-llama-Llama-3.2-3B-Instruct", "llama3.1")]
    [InlineData("HuggingFaceTB-SmolLM3-3B", null)]
    [InlineData("google-gemma-2-2b-it", null)]
    [InlineData("microsoft-Phi-3.5-mini-instruct", null)]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407", null)]
    public void Detect_PublishedTemplate_IsFoundOrRefused(string file, string? expected)
    {
        string jinja = File.ReadAllText(OutsideData.Require("chat-templates", file + ".jinja"));

        // The second text has another hash, so it exercises the markers.
        foreach (string text in (string[])[jinja, jinja + "{# edited #}"])
        {
            if (expected is null)
            {
                Assert.Throws<ChatTemplateException>(() => ChatTemplates.Detect(text));
            }
            else
            {
                Assert.Equal(expected, ChatTemplates.Detect(text).Name);
            }
        }
    }
}
