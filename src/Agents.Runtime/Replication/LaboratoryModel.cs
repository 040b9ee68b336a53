using Agents.Models;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Agents.Replication;
using Agents.Runtime.Learning;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Replication;

/// <summary>The model under test, which runs in this process.</summary>
/// <param name="model">The model; stays the caller's.</param>
/// <param name="client">It as a chat client; stays the caller's.</param>
/// <param name="text">Renders conversations for it.</param>
internal sealed class LaboratoryModel(DecoderModel model, IChatClient client, TrainingText text) : ILaboratoryModel
{
    /// <inheritdoc/>
    public string Name => model.Name;

    /// <inheritdoc/>
    public IChatClient Client => client;

    /// <inheritdoc/>
    public ILanguageModel Language => model;

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return text.Opened(Turns(messages), model.Tokenizer);
    }

    /// <summary>Returns messages as the template takes them.</summary>
    /// <param name="messages">The messages.</param>
    public static ChatTurn[] Turns(IReadOnlyList<ChatMessage> messages) => [.. messages.Select(message => new ChatTurn(message.Role.Value, message.Text))];
}
