using System.Collections.Immutable;
using Agents.Learning;

namespace Agents.Training.Loss;

/// <summary>Losses by their stable id. Immutable: adding gives a new registry.</summary>
public sealed class TokenLossRegistry
{
    private readonly ImmutableSortedDictionary<string, ITokenLoss> _losses;

    private TokenLossRegistry(ImmutableSortedDictionary<string, ITokenLoss> losses) => _losses = losses;

    /// <summary>Gets the registry of the objectives in this package, each with its default settings.</summary>
    public static TokenLossRegistry Default { get; } =
        new TokenLossRegistry(ImmutableSortedDictionary.Create<string, ITokenLoss>(StringComparer.Ordinal))
            .Add(new CrossEntropyLoss())
            .Add(new DpoLoss()).Add(new IpoLoss()).Add(new SimPoLoss()).Add(new OrpoLoss()).Add(new KtoLoss())
            .Add(new ReinforceLoss()).Add(new PpoClipLoss()).Add(new CispoLoss())
            .Add(new SequenceClipLoss(SequenceRatio.Mean)).Add(new SequenceClipLoss(SequenceRatio.Sum));

    /// <summary>Gets all ids in alphabetical order.</summary>
    public IEnumerable<string> Ids => _losses.Keys;

    /// <summary>Returns a registry that has one more loss.</summary>
    /// <param name="loss">The loss; its id must be new.</param>
    /// <exception cref="ArgumentException">The id is taken.</exception>
    public TokenLossRegistry Add(ITokenLoss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (_losses.ContainsKey(loss.Id))
        {
            throw new ArgumentException($"A loss with the id '{loss.Id}' is already registered.", nameof(loss));
        }

        return new TokenLossRegistry(_losses.Add(loss.Id, loss));
    }

    /// <summary>Finds a loss.</summary>
    /// <param name="id">Stable id.</param>
    /// <exception cref="ArgumentException">No loss has this id; the message lists those that exist.</exception>
    public ITokenLoss Get(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return _losses.TryGetValue(id, out ITokenLoss? loss)
            ? loss
            : throw new ArgumentException($"There is no loss '{id}'. Known losses: {string.Join(", ", Ids)}.", nameof(id));
    }
}
