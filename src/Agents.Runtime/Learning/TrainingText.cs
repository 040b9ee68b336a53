using Agents.Evaluation.Roles;
using Agents.Models;
using Agents.Models.Templates;
using Agents.Prompts;
using Agents.Training.Data;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Learning;

/// <summary>Turns role data into conversations exactly as strategies will send them, and conversations into token sequences.</summary>
/// <param name="prompts">The prompts that strategies use.</param>
/// <param name="model">Name of the model; it selects the variants of prompts.</param>
/// <param name="template">Chat template of the model.</param>
public sealed class TrainingText(IPromptLibrary prompts, string model, ChatTemplate template)
{
    /// <summary>Renders a role example as a conversation that ends with the text to learn.</summary>
    /// <param name="example">The example.</param>
    public IReadOnlyList<ChatTurn> Conversation(RoleExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        IEnumerable<ChatTurn> earlier = example.Earlier.SelectMany(turn => Turns(turn.Prompt, turn.Variables).Append(new ChatTurn(TurnRoles.Assistant, turn.Reply)));
        return [.. earlier, .. Turns(example.Prompt, example.Variables), new ChatTurn(TurnRoles.Assistant, example.Target)];
    }

    /// <summary>Renders a conversation as plain text, for training a tokenizer.</summary>
    /// <param name="conversation">The conversation.</param>
    public string Plain(IReadOnlyList<ChatTurn> conversation) => template.Render(conversation, addGenerationPrompt: false).Text;

    /// <summary>Encodes a conversation.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="tokenizer">Tokenizer of the model.</param>
    /// <param name="promptWeight">How much a prompt token counts beside a token that the assistant wrote.</param>
    public TrainingExample Encode(IReadOnlyList<ChatTurn> conversation, ITokenizer tokenizer, double promptWeight)
    {
        TokenizedPrompt tokens = template.Render(conversation, addGenerationPrompt: false).TokenizeWithTargets(tokenizer);
        float[] weights = new float[tokens.Ids.Length];
        Array.Fill(weights, (float)promptWeight);
        foreach (Range target in tokens.Targets)
        {
            weights.AsSpan(target).Fill(1f);
        }

        return new TrainingExample { TokenIds = tokens.Ids, Weights = weights };
    }

    /// <summary>Encodes a conversation with an assistant's turn opened at its end: what a model is asked to go on from.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="tokenizer">Tokenizer of the model.</param>
    public int[] Opened(IReadOnlyList<ChatTurn> conversation, ITokenizer tokenizer) => template.Render(conversation, addGenerationPrompt: true).Tokenize(tokenizer);

    /// <summary>Encodes an assistant's last turn apart from what precedes it, its end token included.</summary>
    /// <param name="conversation">A conversation that ends with the assistant's turn.</param>
    /// <param name="tokenizer">Tokenizer of the model.</param>
    /// <returns>Prompt and completion.</returns>
    public (int[] Prompt, int[] Completion) Split(IReadOnlyList<ChatTurn> conversation, ITokenizer tokenizer)
    {
        TokenizedPrompt tokens = template.Render(conversation, addGenerationPrompt: false).TokenizeWithTargets(tokenizer);
        Range last = tokens.Targets[^1];
        return (tokens.Ids[..last.Start], tokens.Ids[last]);
    }

    /// <summary>Returns the ids that end an assistant's turn.</summary>
    /// <param name="tokenizer">Tokenizer of the model.</param>
    public IReadOnlyList<int> StopIds(ITokenizer tokenizer) => template.FindStopIds(tokenizer);

    private IEnumerable<ChatTurn> Turns(string prompt, IReadOnlyDictionary<string, object?> variables) => prompt.Length == 0
        ? [new ChatTurn(TurnRoles.User, (string)variables["question"]!)]
        : prompts.Render(prompt, variables, model).Select(Turn);

    private static ChatTurn Turn(ChatMessage message) => new(message.Role.Value, message.Text);
}
