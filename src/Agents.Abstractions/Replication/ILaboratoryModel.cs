using Agents.Models;
using Microsoft.Extensions.AI;

namespace Agents.Replication;

/// <summary>The model under test.</summary>
public interface ILaboratoryModel
{
    /// <summary>Gets its name, for example <c>tiny-2</c>.</summary>
    string Name { get; }

    /// <summary>Gets it as a chat client; group sampling, scoring and temporary adaptation come through <c>GetService</c>.</summary>
    IChatClient Client { get; }

    /// <summary>Gets it as a token model.</summary>
    ILanguageModel Language { get; }

    /// <summary>Returns the token ids of a conversation as the model reads it, with the opening of the assistant's turn.</summary>
    /// <param name="messages">The conversation.</param>
    IReadOnlyList<int> Encode(IReadOnlyList<ChatMessage> messages);
}
