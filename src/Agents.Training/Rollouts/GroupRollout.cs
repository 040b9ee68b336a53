using System.Collections.Immutable;
using System.Globalization;
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
    public async Task<ImmutableArray<SampledGroup>> SampleAsync(ILanguageModel policy, IReadOnlyList<RolloutTicket> tickets, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(tickets);
        GenerationRequest request = new()
        {
            Prompts = [.. tickets.Select(ticket => PromptSamples.Create(ticket.Prompt.TokenIds, _options.Seed, (ulong)ticket.Draw, _options.GroupSize))],
            Sampling = new SamplingOptions { Temperature = _options.Temperature },
            MaxTokens = _options.MaximumTokens,
            StopTokenIds = _options.StopTokenIds,
        };
        int samples = tickets.Count * _options.GroupSize;
        List<int>[] ids = [.. Enumerable.Range(0, samples).Select(_ => new List<int>())];
        List<float>[] logProbabilities = [.. Enumerable.Range(0, samples).Select(_ => new List<float>())];
        var finish = new GenerationFinish[samples];
        await foreach (GeneratedToken token in policy.GenerateAsync(request, cancellationToken).ConfigureAwait(false))
        {
            ids[token.Sample].Add(token.Id);
            logProbabilities[token.Sample].Add(token.BehaviorLogProbability);
            finish[token.Sample] = token.Finish;
        }

        return
        [
            .. tickets.Select((ticket, index) => new SampledGroup(
                ticket,
                [
                    .. Enumerable.Range(index * _options.GroupSize, _options.GroupSize)
                        .Select(s => new SampledCompletion([.. ids[s]], [.. logProbabilities[s]], finish[s])),
                ])),
        ];
    }
}
