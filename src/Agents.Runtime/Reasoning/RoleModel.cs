using Agents.Models;
using Agents.Runtime.Budgets;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Reasoning;

/// <summary>The model bound to a role.</summary>
/// <param name="Client">The client.</param>
public sealed record RoleModel(IChatClient Client)
{
    /// <summary>Gets the model's name, which picks prompt variants; null asks the client's metadata.</summary>
    public string? Name { get; init; }

    /// <summary>Gets what the tokens cost. Default: nothing.</summary>
    public TokenPrices Prices { get; init; }

    /// <summary>Returns the model's name; null when neither the binding nor the client knows it.</summary>
    public string? FindName() =>
        Name
        ?? (Client.GetService(typeof(ILanguageModel)) as ILanguageModel)?.Name
        ?? (Client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata)?.DefaultModelId;
}
