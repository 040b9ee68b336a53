using Agents.Models;
using Agents.Plugins.TestTimeImprovement.Tools;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Uncertainty;

/// <summary>The finite set of actions that a task offers: functions to call.</summary>
/// <param name="Actions">The functions by the names that calls have, each once.</param>
/// <param name="Marker">A control token that opens a call; null where the answer opens it with text.</param>
/// <param name="Prefix">Text between the start of the answer and the decision.</param>
public sealed record CandidateActions(IReadOnlyList<CandidateAction> Actions, string? Marker, string Prefix)
{
    private const string CallMarker = "<tool_call>";

    /// <summary>Gets the names of the functions.</summary>
    public IReadOnlyList<string> Names { get; } = [.. Actions.Select(action => action.Name)];

    /// <summary>Finds the functions of a task: those of its options, or those of a tool line in its question.</summary>
    /// <param name="task">The task.</param>
    /// <param name="prefix">Text before the decision; null for the usual one of either form.</param>
    /// <returns>Null where there are none.</returns>
    public static CandidateActions? Of(ReasoningTask task, string? prefix = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Options is { Tools: { Count: > 0 } tools, ToolMode: not NoneChatToolMode })
        {
            return new CandidateActions(Plain(tools.Select(tool => tool.Name)), prefix is null ? CallMarker : null, prefix ?? "{\"name\": \"");
        }

        return ToolQuestion.Read(task.Question) is { } question ? new CandidateActions(Of(question), null, prefix ?? ToolQuestion.DecisionPrefix) : null;
    }

    /// <summary>
    /// Scores every action after a prompt in one batch that shares the prompt: l_n, summed over the tokens of the names only (papers/61 §6). An action that can be written in several
    /// ways has the probability of all of them.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The prompt with the assistant's turn opened.</param>
    /// <param name="adapters">Adapters that it runs with; empty for its own.</param>
    /// <param name="lengthNormalise">Whether sums are divided by the number of tokens, because they favour short names.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    /// <returns>[names].</returns>
    public async Task<double[]> ScoreAsync(ILanguageModel model, IReadOnlyList<int> prompt, IReadOnlyList<AdapterUse> adapters, bool lengthNormalise, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        (int[] Ids, int First)[] continuations = [.. Actions.SelectMany(action => action.Forms).Select(form => Continuation(model.Tokenizer, form))];
        IReadOnlyList<float[]> scores = await model.ScoreAsync(new ScoreRequest(prompt, [.. continuations.Select(item => item.Ids)]) { Adapters = adapters }, cancellationToken).ConfigureAwait(false);
        double[] forms = [.. scores.Select((score, index) => Sum(score.AsSpan(continuations[index].First), lengthNormalise))];
        int at = 0;
        return [.. Actions.Select(action => LogSum(forms.AsSpan((at += action.Forms.Count) - action.Forms.Count, action.Forms.Count)))];
    }

    private static CandidateAction[] Plain(IEnumerable<string> names) => [.. names.Distinct(StringComparer.Ordinal).Select(name => new CandidateAction(name, [name]))];

    // Under aliases the model names the function and then its alias, "timer is qa", and may join any two: the call qa has the probability of all names before it.
    private static CandidateAction[] Of(ToolQuestion question)
    {
        string[] names = [.. question.Tools.Select(tool => tool.Name).Distinct(StringComparer.Ordinal)];
        return question.Tools.Any(tool => tool.Alias is not null)
            ? [.. question.Tools.Select(tool => tool.Callable).Distinct(StringComparer.Ordinal).Select(callable => new CandidateAction(callable, [.. names.Select(name => $"{name} is {callable}")]))]
            : Plain(names);
    }

    private static double LogSum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += Math.Exp(value);
        }

        return sum > 0 ? Math.Min(0, Math.Log(sum)) : values.ToArray().Max();
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
