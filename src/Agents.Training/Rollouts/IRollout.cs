namespace Agents.Training.Rollouts;

/// <summary>Samples completions from the policy. The result must depend on weights and tickets only, never on timing: a resumed run samples again.</summary>
public interface IRollout
{
    /// <summary>Gets a line with every setting that shapes the samples; it becomes part of the checkpoint's identity.</summary>
    string Settings { get; }

    /// <summary>Gets the sampling temperature; log-probabilities of the loss are taken at the same one.</summary>
    double Temperature { get; }

    /// <summary>Gets the longest completion in tokens.</summary>
    int MaximumTokens { get; }

    /// <summary>Samples one group per ticket.</summary>
    /// <param name="policy">The policy; requests to its model name its adapters.</param>
    /// <param name="tickets">What to sample.</param>
    /// <param name="cancellationToken">Honoured within one decode step.</param>
    /// <returns>Every group as soon as it is complete, in whatever order that happens.</returns>
    IAsyncEnumerable<SampledGroup> SampleAsync(PolicyGeneration policy, IReadOnlyList<RolloutTicket> tickets, CancellationToken cancellationToken = default);
}
