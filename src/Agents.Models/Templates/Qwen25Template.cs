namespace Agents.Models.Templates;

/// <summary>Qwen2.5-Instruct: ChatML with a default system message and tool results inside user turns.</summary>
public sealed class Qwen25Template : QwenTemplate
{
    /// <summary>The system message of conversations that bring none.</summary>
    public const string DefaultSystem = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.";

    internal Qwen25Template()
        : base("qwen2.5", DefaultSystem)
    {
    }
}
