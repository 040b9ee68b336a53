using System.Collections.Concurrent;
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

    // At most one for each form and number of answers, and all of them alike in every request.
    private static readonly ConcurrentDictionary<(bool Reasoning, bool Weighted, int Count), ChatResponseFormat> Formats = new();
    private static readonly object True = true;
    private static readonly object False = false;
    private static readonly object NoWords = 0;
    private static readonly object NoTail = 0.0;

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
        options.ResponseFormat = structured
            ? Formats.GetOrAdd((settings.Variant == VerbalizedVariant.Cot, settings.Variant != VerbalizedVariant.Sequence, count), static form => ChatResponseFormat.ForJsonSchema(Schema(form.Reasoning, form.Weighted, form.Count), "responses"))
            : null;
        return options;
    }

    private static JsonElement Schema(bool reasoned, bool weighted, int count)
    {
        string reasoning = reasoned ? "\"reasoning\":{\"type\":\"string\"}," : "";
        string reasoningRequired = reasoning.Length > 0 ? "\"reasoning\"," : "";
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
            ["weighted"] = Truth(settings.Variant != VerbalizedVariant.Sequence),
            ["reasoning"] = Truth(settings.Variant == VerbalizedVariant.Cot),
            ["guesses"] = Truth(settings.Guesses),
            ["words"] = settings.Words is { } words ? words : NoWords,
            ["tail"] = settings.PromptTailMax is { } tail ? tail : NoTail,
            ["schema"] = Truth(structured),
            ["explicit"] = Truth(definition == ProbabilityDefinition.Explicit),
            ["implicit"] = Truth(definition == ProbabilityDefinition.Implicit),
            ["relative"] = Truth(definition == ProbabilityDefinition.Relative),
            ["percentage"] = Truth(definition == ProbabilityDefinition.Percentage),
            ["confidence"] = Truth(definition == ProbabilityDefinition.Confidence),
            ["perplexity"] = Truth(definition == ProbabilityDefinition.Perplexity),
            ["nll"] = Truth(definition == ProbabilityDefinition.Nll),
        };
    }

    private static object Truth(bool value) => value ? True : False;

    private static string Text(IReadOnlyList<ChatMessage> messages) => string.Join('\n', messages.Select(message => message.Text));
}
