using Agents.Models.Templates;

namespace Agents.Models.Tests.Templates;

/// <summary>
/// Sample conversations, and how the published Jinja templates render them with a generation prompt (computed with a Jinja interpreter in the
/// settings that model hubs use). The generation prompt comes last, so the text without it is a prefix.
/// </summary>
internal static class RenderedConversations
{
    public static IReadOnlyList<ChatTurn> Turns(string name) => name switch
    {
        "plain" => [new("user", "Hi"), new("assistant", "Hello!"), new("user", "  2+2? ")],
        "system" => [new("system", " Be brief. "), new("user", "Hi")],
        "tools" =>
        [
            new("system", "S"), new("user", "Q"), new("assistant", "calling"), new("tool", "{\"a\": 1}\n\"é\""), new("tool", "two"),
            new("assistant", "done"),
        ],
        "think" =>
        [
            new("user", "Q1"), new("assistant", "<think>\nold\n</think>\n\nA1"), new("user", "Q2"),
            new("assistant", "<think>\nnew\n</think>\n\nA2"),
        ],
        "late" => [new("user", "Q1"), new("system", "again"), new("assistant", "x")],
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    public static TheoryData<string, string, string> Expected => new()
    {
        {
            "chatml", "plain",
            "<|im_start|>user\nHi<|im_end|>\n"
            + "<|im_start|>assistant\nHello!<|im_end|>\n"
            + "<|im_start|>user\n  2+2? <|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "chatml", "system",
            "<|im_start|>system\n Be brief. <|im_end|>\n"
            + "<|im_start|>user\nHi<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "chatml", "tools",
            "<|im_start|>system\nS<|im_end|>\n"
            + "<|im_start|>user\nQ<|im_end|>\n"
            + "<|im_start|>assistant\ncalling<|im_end|>\n"
            + "<|im_start|>tool\n{\"a\": 1}\n\"é\"<|im_end|>\n"
            + "<|im_start|>tool\ntwo<|im_end|>\n"
            + "<|im_start|>assistant\ndone<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "chatml", "think",
            "<|im_start|>user\nQ1<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\nold\n</think>\n\nA1<|im_end|>\n"
            + "<|im_start|>user\nQ2<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\nnew\n</think>\n\nA2<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "chatml", "late",
            "<|im_start|>user\nQ1<|im_end|>\n"
            + "<|im_start|>system\nagain<|im_end|>\n"
            + "<|im_start|>assistant\nx<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "qwen2.5", "plain",
            "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n"
            + "<|im_start|>user\nHi<|im_end|>\n"
            + "<|im_start|>assistant\nHello!<|im_end|>\n"
            + "<|im_start|>user\n  2+2? <|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "qwen2.5", "system",
            "<|im_start|>system\n Be brief. <|im_end|>\n"
            + "<|im_start|>user\nHi<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "qwen2.5", "tools",
            "<|im_start|>system\nS<|im_end|>\n"
            + "<|im_start|>user\nQ<|im_end|>\n"
            + "<|im_start|>assistant\ncalling<|im_end|>\n"
            + "<|im_start|>user\n<tool_response>\n{\"a\": 1}\n\"é\"\n</tool_response>\n<tool_response>\ntwo\n</tool_response><|im_end|>\n"
            + "<|im_start|>assistant\ndone<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "qwen2.5", "think",
            "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n"
            + "<|im_start|>user\nQ1<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\nold\n</think>\n\nA1<|im_end|>\n"
            + "<|im_start|>user\nQ2<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\nnew\n</think>\n\nA2<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "qwen2.5", "late",
            "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n"
            + "<|im_start|>user\nQ1<|im_end|>\n"
            + "<|im_start|>system\nagain<|im_end|>\n"
            + "<|im_start|>assistant\nx<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "qwen3", "plain",
            "<|im_start|>user\nHi<|im_end|>\n"
            + "<|im_start|>assistant\nHello!<|im_end|>\n"
            + "<|im_start|>user\n  2+2? <|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "qwen3", "system",
            "<|im_start|>system\n Be brief. <|im_end|>\n"
            + "<|im_start|>user\nHi<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "qwen3", "tools",
            "<|im_start|>system\nS<|im_end|>\n"
            + "<|im_start|>user\nQ<|im_end|>\n"
            + "<|im_start|>assistant\ncalling<|im_end|>\n"
            + "<|im_start|>user\n<tool_response>\n{\"a\": 1}\n\"é\"\n</tool_response>\n<tool_response>\ntwo\n</tool_response><|im_end|>\n"
            + "<|im_start|>assistant\n<think>\n\n</think>\n\ndone<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "qwen3", "think",
            "<|im_start|>user\nQ1<|im_end|>\n"
            + "<|im_start|>assistant\nA1<|im_end|>\n"
            + "<|im_start|>user\nQ2<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\nnew\n</think>\n\nA2<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "qwen3", "late",
            "<|im_start|>user\nQ1<|im_end|>\n"
            + "<|im_start|>system\nagain<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\n\n</think>\n\nx<|im_end|>\n"
            + "<|im_start|>assistant\n"
        },
        {
            "qwen3-no-thinking", "plain",
            "<|im_start|>user\nHi<|im_end|>\n"
            + "<|im_start|>assistant\nHello!<|im_end|>\n"
            + "<|im_start|>user\n  2+2? <|im_end|>\n"
            + "<|im_start|>assistant\n<think>\n\n</think>\n\n"
        },
        {
            "qwen3-no-thinking", "system",
            "<|im_start|>system\n Be brief. <|im_end|>\n"
            + "<|im_start|>user\nHi<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\n\n</think>\n\n"
        },
        {
            "qwen3-no-thinking", "tools",
            "<|im_start|>system\nS<|im_end|>\n"
            + "<|im_start|>user\nQ<|im_end|>\n"
            + "<|im_start|>assistant\ncalling<|im_end|>\n"
            + "<|im_start|>user\n<tool_response>\n{\"a\": 1}\n\"é\"\n</tool_response>\n<tool_response>\ntwo\n</tool_response><|im_end|>\n"
            + "<|im_start|>assistant\n<think>\n\n</think>\n\ndone<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\n\n</think>\n\n"
        },
        {
            "qwen3-no-thinking", "think",
            "<|im_start|>user\nQ1<|im_end|>\n"
            + "<|im_start|>assistant\nA1<|im_end|>\n"
            + "<|im_start|>user\nQ2<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\nnew\n</think>\n\nA2<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\n\n</think>\n\n"
        },
        {
            "qwen3-no-thinking", "late",
            "<|im_start|>user\nQ1<|im_end|>\n"
            + "<|im_start|>system\nagain<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\n\n</think>\n\nx<|im_end|>\n"
            + "<|im_start|>assistant\n<think>\n\n</think>\n\n"
        },
        {
            "llama3.1", "plain",
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\nHello!<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\n2+2?<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\n"
        },
        {
            "llama3.1", "system",
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nBe brief.<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\n"
        },
        {
            "llama3.1", "tools",
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nS<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\nQ<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\ncalling<|eot_id|>"
            + "<|start_header_id|>ipython<|end_header_id|>\n\n\"{\\\"a\\\": 1}\\n\\\"é\\\"\"<|eot_id|>"
            + "<|start_header_id|>ipython<|end_header_id|>\n\n\"two\"<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\ndone<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\n"
        },
        {
            "llama3.1", "think",
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\nQ1<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\n<think>\nold\n</think>\n\nA1<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\nQ2<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\n<think>\nnew\n</think>\n\nA2<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\n"
        },
        {
            "llama3.1", "late",
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\nQ1<|eot_id|>"
            + "<|start_header_id|>system<|end_header_id|>\n\nagain<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\nx<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\n"
        },
    };
}
