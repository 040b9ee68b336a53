namespace Agents.Plugins.TestTimeImprovement.Uncertainty;

/// <summary>
/// The last margins that were seen, over all requests: their quantile is a threshold that adapts to the model, because a fixed one adapts on most inputs of one model and on none
/// of another (papers/61 §6). Safe for concurrent calls.
/// </summary>
public sealed class MarginWindow
{
    private const int Size = 512;
    private readonly Lock _gate = new();
    private readonly Queue<double> _margins = new();

    /// <summary>Returns the threshold for a margin, and then remembers the margin.</summary>
    /// <param name="margin">Margin of the input in question.</param>
    /// <param name="quantile">The share of inputs to call unsure, in (0, 1).</param>
    /// <param name="warmUp">Margins to see before the quantile counts.</param>
    /// <param name="fixedThreshold">The threshold until then.</param>
    public double ThresholdFor(double margin, double quantile, int warmUp, double fixedThreshold)
    {
        lock (_gate)
        {
            double threshold = _margins.Count < warmUp ? fixedThreshold : Quantile([.. _margins.Order()], quantile);
            _margins.Enqueue(margin);
            if (_margins.Count > Size)
            {
                _margins.Dequeue();
            }

            return threshold;
        }
    }

    // Linear interpolation between order statistics.
    private static double Quantile(double[] ascending, double quantile)
    {
        double at = quantile * (ascending.Length - 1);
        int below = (int)at;
        int above = Math.Min(below + 1, ascending.Length - 1);
        return ascending[below] + ((at - below) * (ascending[above] - ascending[below]));
    }
}
