namespace Agents.Evaluation.Tasks;

/// <summary>How often each level of difficulty is drawn: the dial for a model's direct accuracy.</summary>
public sealed record DifficultyMix
{
    private readonly double[] _weights;
    private readonly double _total;

    /// <summary>Creates a mix.</summary>
    /// <param name="weights">Weight of level 1, 2, …; not negative, not all zero. They need not sum to one.</param>
    public DifficultyMix(params double[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Length == 0 || weights.Any(weight => !double.IsFinite(weight) || weight < 0) || weights.Sum() <= 0)
        {
            throw new ArgumentException("Weights of the levels must be finite, not negative and not all zero.", nameof(weights));
        }

        _weights = [.. weights];
        _total = _weights.Sum();
    }

    /// <summary>Gets the number of levels.</summary>
    public int Levels => _weights.Length;

    /// <summary>Gets the share of a level.</summary>
    /// <param name="level">Level from 1.</param>
    public double Share(int level) => _weights[level - 1] / _total;

    /// <summary>Draws a level from 1.</summary>
    /// <param name="stream">Source of randomness, one draw.</param>
    public int Draw(ref SampleStream stream) => stream.PickWeighted(_weights) + 1;
}
