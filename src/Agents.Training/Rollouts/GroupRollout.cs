using System.Globalization;
using System.Runtime.CompilerServices;
using Agents.Models;

namespace Agents.Training.Rollouts;

/// <summary>Samples all groups of a step in one request, so that siblings share the computation of their prompt and all share batches.</summary>
public sealed class GroupRollout : IRollout
{
    private readonly GroupRolloutOptions _options;

    /// <summary>Creates the stage.</summary>
    /// <param name="options">Settings; null for defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public GroupRollout(GroupRolloutOptions? options = null)
    {
        _options = options ?? new GroupRolloutOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"group {_options.GroupSize} tokens {_options.MaximumTokens} temperature {_options.Temperature:R} seed {_options.Seed} stop {string.Join('+', _options.StopTokenIds)}");

    /// <inheritdoc/>
    public double Temperature => _options.Temperature;

    /// <inheritdoc/>
    public int MaximumTokens => _options.MaximumTokens;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SampledGroup> SampleAsync(
        PolicyGeneration policy, IReadOnlyList<RolloutTicket> tickets, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(tickets);
        int size = _options.GroupSize;
        GenerationRequest request = new()
        {
            Prompts =
            [
                .. tickets.Select(ticket => PromptSamples.Create(ticket.Prompt.TokenIds, _options.Seed, (ulong)ticket.Draw, size) with { Adapters = policy.Adapters }),
            ],
            Sampling = new SamplingOptions { Temperature = _options.Temperature },
            MaxTokens = _options.MaximumTokens,
            StopTokenIds = _options.StopTokenIds,
        };
        (List<int> Ids, List<float> LogProbabilities)[] samples = [.. Enumerable.Range(0, tickets.Count * size).Select(_ => (new List<int>(), new List<float>()))];
        var finish = new GenerationFinish[samples.Length];
        int[] running = [.. Enumerable.Repeat(size, tickets.Count)];
        await foreach (GeneratedToken token in policy.Model.GenerateAsync(request, cancellationToken).ConfigureAwait(false))
        {
            samples[token.Sample].Ids.Add(token.Id);
            samples[token.Sample].LogProbabilities.Add(token.BehaviorLogProbability);
            finish[token.Sample] = token.Finish;
            int group = token.Sample / size;
            if (token.Finish != GenerationFinish.None && --running[group] == 0)
            {
                yield return new SampledGroup(
                    tickets[group],
                    [
                        .. Enumerable.Range(group * size, size)
                            .Select(s => new SampledCompletion([.. samples[s].Ids], [.. samples[s].LogProbabilities], finish[s])),
                    ]);
            }
        }
    }
}
