using Agents.Budgets;
using Agents.Models;
using Agents.Reasoning;

namespace Agents.Runtime.Reasoning;

/// <summary>A request that ended, as observers see it.</summary>
/// <param name="Task">The task.</param>
/// <param name="Request">How it was to be answered.</param>
/// <param name="Budget">The limits that applied.</param>
/// <param name="Models">The models of the roles.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Ended">When it ended.</param>
public sealed record FinishedRequest(ReasoningTask Task, ReasoningRequest Request, Budget Budget, RoleModels Models, ReasoningResult Result, DateTimeOffset Ended)
{
    /// <summary>Returns the fingerprint of the tokenizer of a role's model; null where the model does not show one.</summary>
    /// <param name="role">Role name.</param>
    public string? FindTokenizer(string role) => (Models.For(role).Client.GetService(typeof(ILanguageModel)) as ILanguageModel)?.Tokenizer.Fingerprint;
}
