using Agents.Models;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Malt.Pipeline;

/// <summary>What each role reads (papers/33 §2.6): the generator the question, the verifier also a solution, the refiner also a critique. No role sees a reference answer.</summary>
internal static class RolePrompt
{
    private const int TokensPerMessage = 8;
    private const int DefaultReserve = 256;
    private const int FewestTokens = 32;

    /// <summary>Returns the name of a role in notes and datasets.</summary>
    /// <param name="role">The role.</param>
    public static string NameOf(MaltRole role) => role switch { MaltRole.Generator => "generator", MaltRole.Verifier => "verifier", _ => "refiner" };

    /// <summary>Returns the model role that plays a role.</summary>
    /// <param name="role">The role.</param>
    public static string ModelRoleOf(MaltRole role) => role switch { MaltRole.Generator => ModelRoles.Default, MaltRole.Verifier => ModelRoles.Verifier, _ => ModelRoles.Refiner };

    /// <summary>Returns the prompt's name.</summary>
    /// <param name="role">The role.</param>
    public static string PromptOf(MaltRole role) => role switch { MaltRole.Generator => "malt/generate", MaltRole.Verifier => "malt/verify", _ => "malt/refine" };

    /// <summary>Returns the variables of a role's prompt.</summary>
    /// <param name="question">The question.</param>
    /// <param name="solution">The generator's text; ignored for the generator.</param>
    /// <param name="critique">The verifier's text; empty where there is none.</param>
    /// <param name="concludes">Whether the verifier's text is to be the answer.</param>
    public static Dictionary<string, object?> Variables(string question, string solution, string critique, bool concludes = false) => new()
    {
        ["question"] = question, ["solution"] = solution, ["critique"] = critique, ["concludes"] = concludes,
    };

    /// <summary>Renders the prompt of a role. Where it would not fit the model's context, solution and critique are shortened in their middle.</summary>
    /// <param name="step">Step that will make the call.</param>
    /// <param name="task">The task.</param>
    /// <param name="role">The role.</param>
    /// <param name="solution">The generator's text.</param>
    /// <param name="critique">The verifier's text.</param>
    /// <param name="concludes">Whether the verifier's text is to be the answer.</param>
    public static IReadOnlyList<ChatMessage> Render(
        IReasoningContext step, ReasoningTask task, MaltRole role, string solution = "", string critique = "", bool concludes = false)
    {
        string modelRole = ModelRoleOf(role);
        ILanguageModel? model = step.Model(modelRole).GetService<ILanguageModel>();
        int context = model?.Shape.ContextLength ?? int.MaxValue;
        int reserve = Math.Min(step.Options.MaxTokens ?? task.Options?.MaxOutputTokens ?? DefaultReserve, context / 2);
        int limit = int.MaxValue;
        while (true)
        {
            Dictionary<string, object?> variables = Variables(
                task.Question, VisibleText.Shortened(solution, limit, model?.Tokenizer), VisibleText.Shortened(critique, limit, model?.Tokenizer), concludes);
            IReadOnlyList<ChatMessage> messages = Conversation.Ask(task, step.Prompt(PromptOf(role), variables, modelRole));
            if (model is null || messages.Sum(message => VisibleText.Count(message.Text, model.Tokenizer) + TokensPerMessage) <= context - reserve)
            {
                return messages;
            }

            int longest = Math.Min(limit, Math.Max(VisibleText.Count(solution, model.Tokenizer), VisibleText.Count(critique, model.Tokenizer)));
            if (longest < 2 * FewestTokens)
            {
                // The question itself is too long: the model says so better than this could.
                return messages;
            }

            limit = longest / 2;
        }
    }

    /// <summary>Creates the options of a call. Only roles whose text can become the answer get the caller's tools and response format.</summary>
    /// <param name="step">Step that will make the call.</param>
    /// <param name="task">The task.</param>
    /// <param name="role">The role.</param>
    /// <param name="adapters">The adapters of the roles.</param>
    /// <param name="temperature">Temperature.</param>
    public static ChatOptions Options(IReasoningContext step, ReasoningTask task, MaltRole role, RoleAdapters adapters, double temperature)
    {
        ChatOptions options = CandidateSampler.CallOptions(task, step, temperature);
        if (role == MaltRole.Verifier)
        {
            options.Tools = null;
            options.ToolMode = null;
            options.ResponseFormat = null;
        }

        if (adapters.Of(role) is { } adapter)
        {
            options.AdditionalProperties = options.AdditionalProperties is null ? [] : new AdditionalPropertiesDictionary(options.AdditionalProperties);
            options.AdditionalProperties[ChatOptionKeys.Adapters] = adapter;
        }

        return options;
    }
}
