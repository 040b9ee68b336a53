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
    public IReadOnlyList<string> Names
    {
        get
        {
            var names = new string[Actions.Count];
            for (int i = 0; i < names.Length; i++)
            {
                names[i] = Actions[i].Name;
            }

            return names;
        }
    }

    /// <summary>Finds the functions of a task: those of its options, or those of a tool line in its question.</summary>
    /// <param name="task">The task.</param>
    /// <param name="prefix">Text before the decision; null for the usual one of either form.</param>
    /// <returns>Null where there are none.</returns>
    public static CandidateActions? Of(ReasoningTask task, string? prefix = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Options is { Tools: { Count: > 0 } tools, ToolMode: not NoneChatToolMode })
        {
            List<CandidateAction> actions = new(tools.Count);
            foreach (AITool tool in tools)
            {
                Add(actions, tool.Name);
            }

            return new CandidateActions(actions, prefix is null ? CallMarker : null, prefix ?? "{\"name\": \"");
        }

        return ToolQuestion.ReadNames(task.Question) is { } named ? new CandidateActions(Of(named), null, prefix ?? ToolQuestion.DecisionPrefix) : null;
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
    public async ValueTask<double[]> ScoreAsync(ILanguageModel model, IReadOnlyList<int> prompt, IReadOnlyList<AdapterUse> adapters, bool lengthNormalise, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        int count = 0;
        for (int i = 0; i < Actions.Count; i++)
        {
            count += Actions[i].Forms.Count;
        }

        var continuations = new int[count][];
        var first = new int[count];
        Encode(model.Tokenizer, continuations, first);
        IReadOnlyList<float[]> scores = await model.ScoreAsync(new ScoreRequest(prompt, continuations) { Adapters = adapters }, cancellationToken).ConfigureAwait(false);
        var result = new double[Actions.Count];
        int at = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = LogSum(scores, first, at, Actions[i].Forms.Count, lengthNormalise);
            at += Actions[i].Forms.Count;
        }

        return result;
    }

    private static void Add(List<CandidateAction> actions, string name)
    {
        if (!IsKnown(actions, name))
        {
            actions.Add(new CandidateAction(name, new[] { name }));
        }
    }

    private static bool IsKnown(List<CandidateAction> actions, string name)
    {
        foreach (CandidateAction action in actions)
        {
            if (action.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    private static List<CandidateAction> Of((string Name, string? Alias)[] tools)
    {
        List<CandidateAction> actions = new(tools.Length);
        foreach ((string name, string? alias) in tools)
        {
            if (alias is not null)
            {
                return Aliased(tools);
            }

            Add(actions, name);
        }

        return actions;
    }

    // Under aliases the model names the function and then its alias, "timer is qa", and may join any two: the call qa has the probability of all names before it.
    private static List<CandidateAction> Aliased((string Name, string? Alias)[] tools)
    {
        string[] names = [.. tools.Select(tool => tool.Name).Distinct(StringComparer.Ordinal)];
        return [.. tools.Select(tool => tool.Alias ?? tool.Name).Distinct(StringComparer.Ordinal).Select(callable => new CandidateAction(callable, [.. names.Select(name => $"{name} is {callable}")]))];
    }

    private static double LogSum(IReadOnlyList<float[]> scores, int[] first, int at, int forms, bool lengthNormalise)
    {
        double sum = 0;
        double largest = double.NegativeInfinity;
        for (int i = at; i < at + forms; i++)
        {
            double form = Sum(scores[i].AsSpan(first[i]), lengthNormalise);
            sum += Math.Exp(form);
            largest = Math.Max(largest, form);
        }

        return sum > 0 ? Math.Min(0, Math.Log(sum)) : largest;
    }

    private void Encode(ITokenizer tokenizer, int[][] continuations, int[] first)
    {
        List<int> ids = new(16);
        int marker = 0;
        bool marked = Marker is not null && tokenizer.TryGetSpecialId(Marker, out marker);
        string before = marked ? "\n" + Prefix : Prefix;
        int at = 0;
        for (int i = 0; i < Actions.Count; i++)
        {
            for (int form = 0; form < Actions[i].Forms.Count; form++)
            {
                ids.Clear();
                if (marked)
                {
                    ids.Add(marker);
                }

                first[at] = Continue(tokenizer, before, Actions[i].Forms[form], ids);
                continuations[at++] = [.. ids];
            }
        }
    }

    // The tokens of prefix and name together, because a token may span both; returns the place of the first that holds a byte of the name.
    private static int Continue(ITokenizer tokenizer, string before, string name, List<int> ids)
    {
        const int Short = 256;
        int length = before.Length + name.Length;
        Span<char> text = length <= Short ? stackalloc char[Short] : new char[length];
        before.CopyTo(text);
        name.CopyTo(text[before.Length..]);
        int skip = System.Text.Encoding.UTF8.GetByteCount(before);
        int at = ids.Count;
        tokenizer.Encode(text[..length], ids);
        int bytes = tokenizer.AddsSpacePrefix ? -1 : 0;
        while (at < ids.Count - 1 && bytes + tokenizer.TokenBytes(ids[at]).Length <= skip)
        {
            bytes += tokenizer.TokenBytes(ids[at]).Length;
            at++;
        }

        return at;
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
