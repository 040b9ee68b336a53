using Microsoft.Extensions.AI;

namespace Agents.Models;

/// <summary>Turns conversations into the token ids that a chat call would read. Clients of models in this process offer it through <c>GetService</c>; safe for concurrent calls.</summary>
public interface IConversationEncoder
{
    /// <summary>Encodes a conversation with the assistant's turn opened: the prompt of a chat call with these messages and options.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">Options of the call, of which tools and instructions are read; null for none.</param>
    /// <exception cref="ArgumentException">There are no messages.</exception>
    /// <exception cref="NotSupportedException">A message holds content that the model cannot read.</exception>
    IReadOnlyList<int> EncodePrompt(IReadOnlyList<ChatMessage> messages, ChatOptions? options = null);

    /// <summary>Encodes a conversation and the assistant's message after it, as training reads it.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="target">The assistant's message.</param>
    /// <param name="options">Options of the call, of which tools and instructions are read; null for none.</param>
    /// <exception cref="ArgumentException">There are no messages.</exception>
    /// <exception cref="NotSupportedException">A message holds content that the model cannot read.</exception>
    EncodedConversation EncodeTarget(IReadOnlyList<ChatMessage> messages, ChatMessage target, ChatOptions? options = null);
}
