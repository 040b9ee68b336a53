using System.Globalization;
using System.Runtime.CompilerServices;
using Agents.Plugins.VerbalizedSampling.Parsing;
using Agents.Plugins.VerbalizedSampling.Prompting;
using Agents.Plugins.VerbalizedSampling.Weights;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling;

/// <summary>Makes the calls of one request and collects what they list.</summary>
internal sealed class ListSampler(ReasoningTask task, IReasoningStep step, VerbalizedSamplingSettings settings, double temperature, bool structured)
{
    private readonly List<WeightedCandidate> _candidates = [];
    private string _unreadable = "";

    /// <summary>Gets the candidates so far, weights not yet normalized.</summary>
    public IReadOnlyList<WeightedCandidate> Candidates => _candidates;

    /// <summary>Gets how many calls gave a list.</summary>
    public int Lists { get; private set; }

    /// <summary>Gets how many replies had no list.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Makes independent calls of one prompt, as one group, and repeats those without a list.</summary>
    /// <param name="wanted">Answers wanted in all.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public async Task SampleAsync(int wanted, CancellationToken cancellationToken)
    {
        int lists = Lists + ((wanted + settings.Candidates - 1) / settings.Candidates);
        for (int attempt = 0; attempt <= settings.Retries && Lists < lists && Affords(attempt); attempt++)
        {
            int calls = Math.Min(lists - Lists, step.Budget.RemainingCalls);
            IReadOnlyList<ChatMessage> prompt = ListRequest.Render(step, task, settings, settings.Candidates, structured);
            ChatOptions options = ListRequest.Options(step, task, settings, temperature, settings.Candidates, structured);
            foreach (ChatResponse reply in await CandidateSampler.Group(step, ModelRoles.Default).SampleAsync(prompt, calls, options, cancellationToken).ConfigureAwait(false))
            {
                Collect(reply);
            }
        }
    }

    /// <summary>Makes the calls of one conversation: a list, then further ones.</summary>
    /// <param name="wanted">Answers wanted in all.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    /// <returns>After each list the number of answers so far.</returns>
    public async IAsyncEnumerable<int> ConverseAsync(int wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int count = settings.FirstTurn ?? settings.Candidates;
        IReadOnlyList<ChatMessage> asked = ListRequest.Render(step, task, settings, count, structured);
        int failures = 0;
        for (int turn = 0; _candidates.Count < wanted && turn < wanted + settings.Retries && Affords(turn + failures);)
        {
            ChatOptions options = ListRequest.Options(step, task, settings, temperature, count, structured);
            ChatResponse reply = await step.Model().GetResponseAsync(asked, options, cancellationToken).ConfigureAwait(false);
            if (!Collect(reply))
            {
                if (++failures > settings.Retries)
                {
                    yield break;
                }

                continue;
            }

            turn++;
            yield return _candidates.Count;
            count = settings.Candidates;
            asked = ListRequest.Continue(step, task, settings, asked, reply, count, structured);
        }
    }

    /// <summary>Creates the error of a request in which no reply had a list.</summary>
    public UnreadableListException Failure() => new(
        $"None of {Unreadable} replies had a list of answers with weights; the last began '{_unreadable}'. "
        + "Use a model that keeps to formats, set structured to true if its server honours JSON schemas, or use the strategy 'direct'.");

    private bool Affords(int done) => done == 0 || (step.Budget.RemainingCalls > 0 && !SoftLimit.Reached(step.Budget));

    private bool Collect(ChatResponse reply)
    {
        string text = VisibleText.Of(reply.Text);
        IReadOnlyList<ListedAnswer> listed = ListReader.Read(text);
        int? node = reply.TraceNodeId();
        if (listed.Count == 0)
        {
            Unreadable++;
            _unreadable = text.Length <= 40 ? text : text[..40] + "…";
            Note(node, "list", "unreadable");
            return false;
        }

        List<string>? repairs = null;
        foreach (ListedAnswer answer in listed)
        {
            // The baseline asks for no weights, so none is missing there.
            (double weight, WeightRepairs repaired) = settings.Variant == VerbalizedVariant.Sequence && answer.Weight is null
                ? (1, WeightRepairs.None)
                : WeightReader.Read(answer.Weight, settings.Definition);
            _candidates.Add(new WeightedCandidate(answer.Text, 0)
            {
                RawWeight = weight, Written = answer.Weight, Repairs = repaired, Index = _candidates.Count, Call = Lists, NodeId = node,
            });
            if (repaired != WeightRepairs.None)
            {
                (repairs ??= []).Add($"{answer.Weight ?? "none"}: {repaired}");
            }
        }

        Lists++;
        Note(node, "list", listed.Count.ToString(CultureInfo.InvariantCulture));
        if (repairs is not null)
        {
            Note(node, "repairs", string.Join("; ", repairs));
        }

        return true;
    }

    private void Note(int? node, string key, string value)
    {
        if (node is { } id)
        {
            step.Note(id, key, value);
        }
    }
}
