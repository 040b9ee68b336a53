using Agents.Models;
using Agents.Plugins.TestTimeImprovement.Tools;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Uncertainty;

/// <summary>The finite set of actions that a task offers: functions to call.</summary>
/// <param name="Names">What the model would write for each, at the place of the decision.</param>
/// <param name="Marker">A control token that opens a call; null where the answer opens it with text.</param>
/// <param name="Prefix">Text between the start of the answer and the decision.</param>
public sealed record CandidateActions(IReadOnlyList<string> Names, string? Marker, string Prefix)
{
    private const string CallMarker = "<tool_call>";

    /// <summary>Finds the functions of a task: those of its options, or those of a tool line in its question.</summary>
    /// <param name="task">The task.</param>
    /// <param name="prefix">Text before the decision; null for the usual one of either form.</param>
    /// <returns>Null where there are none.</returns>
    public static CandidateActions? Of(ReasoningTask task, string? prefix = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Options is { Tools: { Count: > 0 } tools, ToolMode: not NoneChatToolMode })
        {
            string[] names = [.. tools.Select(tool => tool.Name).Distinct(StringComparer.Ordinal)];
            return new CandidateActions(names, prefix is null ? CallMarker : null, prefix ?? "{\"name\": \"");
        }

        return ToolQuestion.Read(task.Question) is { } question
            ? new CandidateActions([.. question.Tools.Select(tool => tool.Decision).Distinct(StringComparer.Ordinal)], null, prefix ?? ToolQuestion.DecisionPrefix)
            : null;
    }

    /// <summary>Scores every action after a prompt in one batch that shares the prompt: l_n, summed over the tokens of the names only (papers/61 §6).</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The prompt with the assistant's turn opened.</param>
    /// <param name="lengthNormalise">Whether sums are divided by the number of tokens, because they favour short names.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    /// <returns>[names].</returns>
    public async Task<double[]> ScoreAsync(ILanguageModel model, IReadOnlyList<int> prompt, bool lengthNormalise, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        (int[] Ids, int First)[] continuations = [.. Names.Select(name => Continuation(model.Tokenizer, name))];
        IReadOnlyList<float[]> scores = await model.ScoreAsync(new ScoreRequest(prompt, [.. continuations.Select(item => item.Ids)]), cancellationToken).ConfigureAwait(false);
        return [.. scores.Select((score, index) => Sum(score.AsSpan(continuations[index].First), lengthNormalise))];
    }

    /// <summary>The tokens of prefix and name together, because a token may span both, and the first that holds a byte of the name.</summary>
    private (int[] Ids, int First) Continuation(ITokenizer tokenizer, string name)
    {
        List<int> ids = [];
        string text = Prefix + name;
        int skip = System.Text.Encoding.UTF8.GetByteCount(Prefix);
        if (Marker is not null && tokenizer.TryGetSpecialId(Marker, out int marker))
        {
            ids.Add(marker);
            text = "\n" + text;
            skip++;
        }

        int at = ids.Count;
        tokenizer.Encode(text, ids);
        int bytes = tokenizer.AddsSpacePrefix ? -1 : 0;
        while (at < ids.Count - 1 && bytes + tokenizer.TokenBytes(ids[at]).Length <= skip)
        {
            bytes += tokenizer.TokenBytes(ids[at]).Length;
            at++;
        }

        return ([.. ids], at);
    }

    private static double Sum(ReadOnlySpan<float> values, bool lengthNormalise)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return Math.Min(0, lengthNormalise ? sum / values.Length : sum);
    }
}
