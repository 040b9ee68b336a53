using Agents.Models;

namespace Agents.Training.Rollouts;

/// <summary>One set of weights that serves. Nothing computed by one generation (prefixes, log-probabilities) is used by another.</summary>
public sealed class PolicyGeneration : IDisposable
{
    private readonly IDisposable? _owned;
    private int _users = 1;

    /// <summary>Creates a generation with one user: the caller.</summary>
    /// <param name="model">The model that serves.</param>
    /// <param name="owned">What ends with the last user; null for nothing.</param>
    /// <param name="adapters">Adapters that make the model this policy; null for the model as it is.</param>
    public PolicyGeneration(ILanguageModel model, IDisposable? owned, IReadOnlyList<AdapterUse>? adapters = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Adapters = adapters ?? [];
        Id = model.GenerationIdOf(Adapters);
        _owned = owned;
    }

    /// <summary>Gets the model.</summary>
    public ILanguageModel Model { get; }

    /// <summary>Gets the adapters that every request to the policy has to name; empty when the model itself is the policy.</summary>
    public IReadOnlyList<AdapterUse> Adapters { get; }

    /// <summary>Gets the hash of the weights that sample, adapters included.</summary>
    public string Id { get; }

    /// <summary>Adds a user, who disposes the generation once more.</summary>
    public PolicyGeneration Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>Ends the caller's use; the last one frees the model.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _owned?.Dispose();
        }
    }
}
