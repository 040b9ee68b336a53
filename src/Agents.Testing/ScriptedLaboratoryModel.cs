using Agents.Models;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Testing;

/// <summary>A model under test that a script plays.</summary>
/// <param name="client">The chat client, for example a <see cref="ScriptedChatClient"/>.</param>
/// <param name="language">The token model; null where the replication does not need one.</param>
public sealed class ScriptedLaboratoryModel(IChatClient client, ILanguageModel? language = null) : ILaboratoryModel
{
    /// <inheritdoc/>
    public string Name { get; init; } = "tiny-0";

    /// <inheritdoc/>
    public IChatClient Client => client;

    /// <inheritdoc/>
    public ILanguageModel Language => language ?? throw new NotSupportedException("This scripted laboratory was given no token model.");

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return Language.Tokenizer.Encode(string.Join('\n', messages.Select(message => message.Text)) + "\n");
    }
}
