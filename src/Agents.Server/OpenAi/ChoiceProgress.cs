using Microsoft.Extensions.AI;

namespace Agents.Server.OpenAi;

/// <summary>What one choice of a stream has sent so far.</summary>
/// <param name="index">Its number.</param>
internal sealed class ChoiceProgress(int index)
{
    private bool _opened;
    private int _calls;
    private ChatFinishReason? _finish;

    /// <summary>Gets the token counts; null until the client gave some.</summary>
    public UsageDetails? Usage { get; private set; }

    /// <summary>Takes an update in.</summary>
    /// <param name="update">The update.</param>
    /// <returns>What to send; nothing when it carries neither text nor tool calls.</returns>
    public IReadOnlyList<DeltaChoice> Accept(ChatResponseUpdate update)
    {
        List<DeltaChoice> deltas = [];
        foreach (AIContent content in update.Contents)
        {
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text:
                    deltas.Add(Delta(new AnswerDelta(Content: text.Text)));
                    break;
                case FunctionCallContent call:
                    deltas.Add(Delta(new AnswerDelta(ToolCalls: [AnswerMapper.Call(call, _calls++)])));
                    break;
                case UsageContent usage:
                    Usage = usage.Details;
                    break;
                default:
                    break;
            }
        }

        _finish = update.FinishReason ?? _finish;
        return deltas;
    }

    /// <summary>The last chunk of this choice.</summary>
    public DeltaChoice Last() => Delta(new AnswerDelta()) with { FinishReason = AnswerMapper.FinishReason(_finish, _calls > 0) };

    private DeltaChoice Delta(AnswerDelta delta)
    {
        // The role comes once, with whatever is first.
        bool first = !_opened;
        _opened = true;
        return new DeltaChoice(index, first ? delta with { Role = "assistant", Content = delta.Content ?? (delta.ToolCalls is null ? "" : null) } : delta, null);
    }
}
