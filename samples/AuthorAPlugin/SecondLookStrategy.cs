using System.Runtime.CompilerServices;
using Agents;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Acme.SecondLook;

/// <summary>Asks twice. Equal answers are believed; when they differ, the model sees both and decides.</summary>
public sealed class SecondLookStrategy : IReasoningStrategy
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);

        // Calls through the context are recorded, charged to the budget and repeatable; a group computes the prompt once.
        IChatClient model = context.Model();
        IGroupSampler group = model.GetService<IGroupSampler>()!;
        IReadOnlyList<ChatResponse> looks = await group.SampleAsync(task.Messages, 2, Options(task, context), cancellationToken).ConfigureAwait(false);
        string first = Final(context, looks[0]);
        string second = Final(context, looks[1]);

        // If the budget ends here, the user still gets the first answer.
        ReasoningAnswer draft = new(looks[0].Messages[^1]) { FinalAnswer = first };
        yield return new DraftUpdate(draft);
        if (first == second || context.Budget.SoftLimitReached)
        {
            yield return new AnswerUpdate(draft);
            yield break;
        }

        ChatMessage doubt = new(ChatRole.User, $"Two answers were given: \"{looks[0].Text}\" and \"{looks[1].Text}\". Which one is right? Answer the question again.");
        ChatResponse third = await model.GetResponseAsync([.. task.Messages, doubt], Options(task, context), cancellationToken).ConfigureAwait(false);
        yield return new AnswerUpdate(new ReasoningAnswer(third.Messages[^1]) { FinalAnswer = Final(context, third) });
    }

    private static string Final(IReasoningContext context, ChatResponse response) => context.Answers.Extract(response.Text) ?? response.Text.Trim();

    private static ChatOptions Options(ReasoningTask task, IReasoningContext context)
    {
        // The caller's tools, stop sequences and formats pass through; the strategy's options win.
        ChatOptions options = task.Options?.Clone() ?? new ChatOptions();
        options.Temperature = (float?)context.Options.Temperature ?? options.Temperature;
        options.MaxOutputTokens = context.Options.MaxTokens ?? options.MaxOutputTokens;
        return options;
    }
}
