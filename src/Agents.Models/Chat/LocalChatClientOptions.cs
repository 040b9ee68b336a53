using Agents.Models.Chat.Tools;

namespace Agents.Models.Chat;

/// <summary>Defaults of a <see cref="LocalChatClient"/> for what a call leaves open.</summary>
public sealed record LocalChatClientOptions
{
    /// <summary>Gets how tokens are drawn. Default: the plain distribution at temperature 1.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Gets the most tokens of an answer. Default 512.</summary>
    public int MaxTokens { get; init; } = 512;

    /// <summary>Gets the seed of calls that bring neither seed nor stream; each such call continues with the next stream. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets how the model writes calls of tools. Default null: by its control tokens and chat template.</summary>
    public ToolCallFormat? ToolCalls { get; init; }

    /// <summary>Gets the clock of time stamps. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public void Validate()
    {
        Sampling.Validate();
        if (MaxTokens < 1)
        {
            throw new ArgumentException($"The chat options are invalid: the most tokens of an answer are {MaxTokens}; expected at least 1.");
        }
    }
}
