namespace Agents.Training.Divergence;

/// <summary>Adds up the divergence of two policies token by token.</summary>
public sealed class DivergenceMeter
{
    /// <summary>Largest log-ratio that is exponentiated.</summary>
    private const double Limit = 50;

    private long _tokens;
    private double _k1;
    private double _k2;
    private double _k3;
    private double _largest;
    private double _weights;
    private double _squares;

    /// <summary>Gets the means over all tokens so far; a report without tokens says that the policies are equal.</summary>
    public DivergenceReport Report => _tokens == 0
        ? new DivergenceReport(0, 0, 0, 0, 1, 1)
        : new DivergenceReport(_tokens, _k1 / _tokens, _k2 / _tokens, _k3 / _tokens, Math.Exp(Math.Min(_largest, Limit)), _weights * _weights / (_tokens * _squares));

    /// <summary>Adds a token that the first policy drew.</summary>
    /// <param name="first">Its log-probability under the first policy.</param>
    /// <param name="second">Its log-probability under the second one.</param>
    public void Add(double first, double second)
    {
        // A log-probability that is no number, or an impossible token, is the largest divergence there is, never none.
        double difference = first - second;
        double r = double.IsNaN(difference) ? Limit : Math.Clamp(difference, -Limit, Limit);
        double weight = Math.Exp(-r);
        _tokens++;
        _k1 += r;
        _k2 += r * r / 2;
        _k3 += weight + r - 1;
        _largest = Math.Max(_largest, Math.Abs(r));
        _weights += weight;
        _squares += weight * weight;
    }
}
