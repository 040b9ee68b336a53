namespace Agents.Models.Serving;

/// <summary>
/// Small numbers for adapter mixtures, so that rows and cached prefixes can carry them: 0 is the base model, equal mixtures get equal numbers. Safe for concurrent calls.
/// </summary>
internal sealed class AdapterMixtures
{
    private readonly Lock _lock = new();
    private readonly List<AdapterUse[]> _mixtures = [[]];

    /// <summary>Gets the number of mixtures seen, the base model included.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _mixtures.Count;
            }
        }
    }

    /// <summary>Returns the mixture of a number.</summary>
    public IReadOnlyList<AdapterUse> this[int index]
    {
        get
        {
            lock (_lock)
            {
                return _mixtures[index];
            }
        }
    }

    /// <summary>Returns the number of a mixture. The order of its adapters counts, as sums are rounded in that order.</summary>
    public int IndexOf(IReadOnlyList<AdapterUse> mixture)
    {
        if (mixture.Count == 0)
        {
            return 0;
        }

        lock (_lock)
        {
            for (int i = 1; i < _mixtures.Count; i++)
            {
                if (_mixtures[i].SequenceEqual(mixture))
                {
                    return i;
                }
            }

            _mixtures.Add([.. mixture]);
            return _mixtures.Count - 1;
        }
    }
}
