using Agents.Models;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Malt.Pipeline;

/// <summary>The adapters that the roles run with, where one model plays them all. A role without one uses its client as it is.</summary>
/// <param name="Generator">Name of the generator's adapter; null for none.</param>
/// <param name="Verifier">Name of the verifier's adapter; null for none.</param>
/// <param name="Refiner">Name of the refiner's adapter; null for none.</param>
public sealed record RoleAdapters(string? Generator, string? Verifier, string? Refiner)
{
    /// <summary>Returns the adapter of a role.</summary>
    /// <param name="role">The role.</param>
    public string? Of(MaltRole role) => role switch { MaltRole.Generator => Generator, MaltRole.Verifier => Verifier, _ => Refiner };

    /// <summary>Refuses adapters where the model of their role cannot switch them.</summary>
    /// <param name="context">The request.</param>
    /// <exception cref="ArgumentException">The client of a role has no adapters, or not this one.</exception>
    internal void Require(IReasoningContext context)
    {
        foreach (MaltRole role in Enum.GetValues<MaltRole>())
        {
            if (Of(role) is not { } adapter)
            {
                continue;
            }

            ILanguageModel? model = context.Model(RolePrompt.ModelRoleOf(role)).GetService<ILanguageModel>();
            if (model?.Capabilities.HasFlag(LanguageModelCapabilities.Adapters) != true)
            {
                throw new ArgumentException(
                    $"The settings name the adapter '{adapter}' for the {RolePrompt.NameOf(role)}, but its model cannot switch adapters per call. "
                    + $"Use a model in this process that has it loaded, or bind the role '{RolePrompt.ModelRoleOf(role)}' to a client of its own.");
            }

            // Throws for an adapter that is not loaded. Found out in a call, that would look like one failed call of many.
            _ = model.GenerationIdOf([new AdapterUse(adapter)]);
        }
    }
}
