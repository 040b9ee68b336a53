using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Agents.Budgets;
using Agents.Models;
using Agents.Plugins.Sift.Stickers;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Plugins.Sift;

/// <summary>The calls of the method (papers/49 §2): what each one reads decides what it is. A call that fails gives nothing and leaves its error in the trace.</summary>
internal sealed class SiftCalls(ReasoningTask task, IReasoningContext context, double temperature, float? topP, bool structured)
{
    /// <summary>Role that writes and corrects stickers; it uses the default model unless the host binds it.</summary>
    public const string StickerRole = "sticker";

    private Exception? _lastError;
    private const string Layout = "sift/sticker";
    private const string Form = "sift/sticker-form";

    /// <summary>
    /// Returns whether stickers are held to the schema: where the model in this process decodes under a grammar and its prompt has a form for it. A model whose own prompt
    /// variant is the same for both was trained on another layout, which a schema would only destroy.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="task">The task.</param>
    /// <param name="given">The setting; null decides here.</param>
    public static bool IsStructured(IReasoningContext context, ReasoningTask task, bool? given)
    {
        if (given is { } decided)
        {
            return decided;
        }

        var variables = new Dictionary<string, object?> { ["question"] = task.Question };
        return context.Model(StickerRole).GetService<ILanguageModel>()?.Capabilities.HasFlag(LanguageModelCapabilities.Grammar) == true
            && Text(context.Prompt(Layout, variables, StickerRole)) != Text(context.Prompt(Form, variables, StickerRole));
    }

    /// <summary>SG: stickers of the question.</summary>
    public async Task<IReadOnlyList<Sticker>> StickersAsync(IReasoningStep step, int count, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatMessage> prompt = Conversation.Ask(task, step.Prompt(structured ? Form : Layout, Variables(("question", task.Question)), StickerRole));
        return [.. (await SampleAsync(step, StickerRole, prompt, count, StickerOptions(step), cancellationToken).ConfigureAwait(false)).Select(ReadSticker)];
    }

    /// <summary>FO: rewrites a sticker so that it matches the question, which it sees.</summary>
    public async Task<Sticker?> CorrectAsync(IReasoningStep step, Sticker sticker, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatMessage> prompt = Conversation.Ask(task, step.Prompt("sift/correct", Variables(("question", task.Question), ("sticker", sticker.Text), ("schema", structured)), StickerRole));
        if (await AskAsync(step, StickerRole, prompt, StickerOptions(step), cancellationToken).ConfigureAwait(false) is not { } reply)
        {
            return null;
        }

        Sticker corrected = ReadSticker(reply);
        if (reply.Response.TraceNodeId() is { } node)
        {
            // Corrections may bring in facts that the question does not state: leave a trail.
            Note(node, "added", corrected.Beyond(sticker));
            Note(node, "removed", sticker.Beyond(corrected));
        }

        return corrected;
    }

    /// <summary>IG: the sticker that must have led to a prediction. The question is not shown, nor is the conversation before it.</summary>
    public async Task<Sticker?> InvertAsync(IReasoningStep step, Candidate prediction, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatMessage> prompt = step.Prompt("sift/invert", Variables(("prediction", prediction.Text), ("schema", structured)), StickerRole);
        return await AskAsync(step, StickerRole, prompt, StickerOptions(step), cancellationToken).ConfigureAwait(false) is { } reply ? ReadSticker(reply) : null;
    }

    /// <summary>P_S: answers from the sticker alone; of the conversation only the system's instructions are kept.</summary>
    public Task<IReadOnlyList<Candidate>> FromStickerAsync(IReasoningStep step, Sticker sticker, int count, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatMessage> prompt =
            [.. task.Messages.Where(message => message.Role == ChatRole.System), .. step.Prompt("sift/solve-from-sticker", Variables(("sticker", sticker.Text)))];
        return SampleAsync(step, ModelRoles.Default, prompt, count, Options(step), cancellationToken);
    }

    /// <summary>P_QS: answers from question and sticker.</summary>
    public Task<IReadOnlyList<Candidate>> FromBothAsync(IReasoningStep step, Sticker sticker, int count, CancellationToken cancellationToken) => SampleAsync(
        step, ModelRoles.Default, Conversation.Ask(task, step.Prompt("sift/solve-with-sticker", Variables(("question", task.Question), ("sticker", sticker.Text)))), count, Options(step), cancellationToken);

    /// <summary>P_Q: the plain answer.</summary>
    public Task<IReadOnlyList<Candidate>> FromQuestionAsync(IReasoningStep step, int count, CancellationToken cancellationToken) =>
        SampleAsync(step, ModelRoles.Default, task.Messages, count, Options(step), cancellationToken);

    /// <summary>Ends a request in which no call gave an answer: with the error of the last call that failed.</summary>
    /// <exception cref="SiftException">No call failed, but every answer was empty.</exception>
    [DoesNotReturn]
    public void Fail()
    {
        if (_lastError is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }

        throw new SiftException("Every answer was empty, also that to the plain question. Raise the token limit.");
    }

    private static Sticker ReadSticker(Candidate reply) => StickerReader.Read(reply.Text);

    private static Dictionary<string, object?> Variables(params ReadOnlySpan<(string Name, object Value)> values)
    {
        Dictionary<string, object?> variables = new(values.Length);
        foreach ((string name, object value) in values)
        {
            variables[name] = value;
        }

        return variables;
    }

    private static string Text(IReadOnlyList<ChatMessage> messages) => string.Join('\n', messages.Select(message => message.Text));

    private void Note(int node, string key, IReadOnlyList<string> conditions)
    {
        if (conditions.Count > 0)
        {
            context.Note(node, key, string.Join(" | ", conditions));
        }
    }

    private ChatOptions Options(IReasoningContext step)
    {
        ChatOptions options = CandidateSampler.CallOptions(task, step, temperature);
        options.TopP = topP ?? options.TopP;
        return options;
    }

    private ChatOptions StickerOptions(IReasoningContext step)
    {
        ChatOptions options = Options(step);
        options.Tools = null;
        options.ToolMode = null;
        options.ResponseFormat = null;
        if (structured)
        {
            using var schema = JsonDocument.Parse(StickerReader.Schema);
            options.ResponseFormat = ChatResponseFormat.ForJsonSchema(schema.RootElement.Clone(), "sticker");
        }

        return options;
    }

    private async Task<Candidate?> AskAsync(IReasoningStep step, string role, IReadOnlyList<ChatMessage> prompt, ChatOptions options, CancellationToken cancellationToken) =>
        (await SampleAsync(step, role, prompt, 1, options, cancellationToken).ConfigureAwait(false)) is [{ } first, ..] ? first : null;

    private async Task<IReadOnlyList<Candidate>> SampleAsync(
        IReasoningStep step, string role, IReadOnlyList<ChatMessage> prompt, int count, ChatOptions options, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<Candidate> replies = await CandidateSampler.GroupAsync(step, role, prompt, count, options, 0, cancellationToken).ConfigureAwait(false);
            return [.. replies.Where(reply => reply.Text.Length > 0 || (role == ModelRoles.Default && reply.Message.Contents.Any(content => content is not (TextContent or TextReasoningContent))))];
        }
        catch (Exception error) when (error is not (OperationCanceledException or BudgetExceededException))
        {
            step.Logger.LogWarning(error, "A call of {Step} failed; the method goes on without it.", step.Name);
            _lastError = error;
            return [];
        }
    }

}
