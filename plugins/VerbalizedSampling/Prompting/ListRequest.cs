using System.Text.Json;
using Agents.Models;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling.Prompting;

/// <summary>Renders the prompts of verbalized sampling and decides whether the output is held to a schema.</summary>
internal static class ListRequest
{
    /// <summary>Name of the prompt that asks for a list.</summary>
    public const string First = "verbalized-sampling/sample";

    private const string Further = "verbalized-sampling/more";

    /// <summary>Renders the request for a list.</summary>
    /// <param name="context">Step that will make the call.</param>
    /// <param name="task">The task.</param>
    /// <param name="settings">Settings.</param>
    /// <param name="count">How many answers.</param>
    /// <param name="structured">Whether the reply will be held to the schema.</param>
    public static IReadOnlyList<ChatMessage> Render(IReasoningContext context, ReasoningTask task, VerbalizedSamplingSettings settings, int count, bool structured) =>
        Conversation.Ask(task, context.Prompt(First, Variables(task.Question, settings, count, structured)));

    /// <summary>Continues a conversation with the request for further answers.</summary>
    /// <param name="context">Step that will make the call.</param>
    /// <param name="task">The task.</param>
    /// <param name="settings">Settings.</param>
    /// <param name="asked">The conversation so far.</param>
    /// <param name="reply">The last list.</param>
    /// <param name="count">How many further answers.</param>
    /// <param name="structured">Whether the reply will be held to the schema.</param>
    public static IReadOnlyList<ChatMessage> Continue(
        IReasoningContext context, ReasoningTask task, VerbalizedSamplingSettings settings, IReadOnlyList<ChatMessage> asked, ChatResponse reply, int count, bool structured) =>
        [.. asked, new ChatMessage(ChatRole.Assistant, VisibleText.Of(reply.Text)), .. context.Prompt(Further, Variables(task.Question, settings, count, structured))];

    /// <summary>
    /// Returns whether replies are held to the schema: always or never by setting, else where the model in this process decodes under a grammar and its prompt has a form for it.
    /// A model whose own prompt variant reads the same with and without was trained on another layout, which a schema would only destroy.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="task">The task.</param>
    /// <param name="settings">Settings.</param>
    public static bool IsStructured(IReasoningContext context, ReasoningTask task, VerbalizedSamplingSettings settings)
    {
        if (settings.Structured is { } given)
        {
            return given;
        }

        return context.Model().GetService<ILanguageModel>()?.Capabilities.HasFlag(LanguageModelCapabilities.Grammar) == true
            && Text(context.Prompt(First, Variables(task.Question, settings, 1, false))) != Text(context.Prompt(First, Variables(task.Question, settings, 1, true)));
    }

    /// <summary>Creates the options of a call: the caller's without tools and response format, which belong to a single answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="task">The task.</param>
    /// <param name="settings">Settings.</param>
    /// <param name="temperature">Temperature.</param>
    /// <param name="count">How many answers the list has.</param>
    /// <param name="structured">Whether the reply is held to the schema.</param>
    public static ChatOptions Options(IReasoningContext context, ReasoningTask task, VerbalizedSamplingSettings settings, double temperature, int count, bool structured)
    {
        ChatOptions options = CandidateSampler.CallOptions(task, context, temperature);
        options.Tools = null;
        options.ToolMode = null;
        options.ResponseFormat = structured ? ChatResponseFormat.ForJsonSchema(Schema(settings, count), "responses") : null;
        return options;
    }

    private static JsonElement Schema(VerbalizedSamplingSettings settings, int count)
    {
        string reasoning = settings.Variant == VerbalizedVariant.Cot ? "\"reasoning\":{\"type\":\"string\"}," : "";
        string reasoningRequired = reasoning.Length > 0 ? "\"reasoning\"," : "";
        bool weighted = settings.Variant != VerbalizedVariant.Sequence;
        string weight = weighted ? ",\"probability\":{\"type\":\"number\"}" : "";
        string required = weighted ? "\"text\",\"probability\"" : "\"text\"";
        string item = "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}" + weight + "},\"required\":[" + required + "],\"additionalProperties\":false}";
        string list = FormattableString.Invariant($"{{\"type\":\"array\",\"minItems\":{count},\"maxItems\":{count},\"items\":{item}}}");
        string schema = "{\"type\":\"object\",\"properties\":{" + reasoning + "\"responses\":" + list + "},\"required\":[" + reasoningRequired + "\"responses\"],\"additionalProperties\":false}";
        using var document = JsonDocument.Parse(schema);
        return document.RootElement.Clone();
    }

    /// <summary>Returns the variables of the prompts.</summary>
    /// <param name="question">The question.</param>
    /// <param name="settings">Settings.</param>
    /// <param name="count">How many answers.</param>
    /// <param name="structured">Whether the reply will be held to the schema.</param>
    public static Dictionary<string, object?> Variables(string question, VerbalizedSamplingSettings settings, int count, bool structured)
    {
        ProbabilityDefinition definition = settings.Definition;
        return new Dictionary<string, object?>(15)
        {
            ["question"] = question,
            ["count"] = count,
            ["weighted"] = settings.Variant != VerbalizedVariant.Sequence,
            ["reasoning"] = settings.Variant == VerbalizedVariant.Cot,
            ["guesses"] = settings.Guesses,
            ["words"] = settings.Words ?? 0,
            ["tail"] = settings.PromptTailMax ?? 0,
            ["schema"] = structured,
            ["explicit"] = definition == ProbabilityDefinition.Explicit,
            ["implicit"] = definition == ProbabilityDefinition.Implicit,
            ["relative"] = definition == ProbabilityDefinition.Relative,
            ["percentage"] = definition == ProbabilityDefinition.Percentage,
            ["confidence"] = definition == ProbabilityDefinition.Confidence,
            ["perplexity"] = definition == ProbabilityDefinition.Perplexity,
            ["nll"] = definition == ProbabilityDefinition.Nll,
        };
    }

    private static string Text(IReadOnlyList<ChatMessage> messages) => string.Join('\n', messages.Select(message => message.Text));
}
