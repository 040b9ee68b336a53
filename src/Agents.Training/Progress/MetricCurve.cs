using System.Runtime.InteropServices;

namespace Agents.Training.Progress;

/// <summary>The course of one number over a run in bounded memory: when it is full, neighbours are averaged, so that a run of any length keeps its shape.</summary>
public sealed class MetricCurve
{
    private readonly List<double> _points = [];
    private readonly int _capacity;
    private int _stride = 1;
    private double _sum;
    private int _pending;

    /// <summary>Creates an empty curve.</summary>
    /// <param name="capacity">Most points that are kept, at least 2. Default 1,024.</param>
    public MetricCurve(int capacity = 1_024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _capacity = capacity;
    }

    /// <summary>Gets the newest number; NaN before the first.</summary>
    public double Last { get; private set; } = double.NaN;

    /// <summary>Gets how many numbers were added.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the kept points, oldest first; numbers that wait for their neighbours are not in it. Valid until the next call.</summary>
    public ReadOnlySpan<double> Points => CollectionsMarshal.AsSpan(_points);

    /// <summary>Adds a number.</summary>
    /// <param name="value">A finite number; others are left out.</param>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            return;
        }

        Last = value;
        Count++;
        _sum += value;
        if (++_pending < _stride)
        {
            return;
        }

        if (_points.Count == _capacity)
        {
            Halve();
            if (_pending < _stride)
            {
                return;
            }
        }

        _points.Add(_sum / _pending);
        _sum = 0;
        _pending = 0;
    }

    private void Halve()
    {
        int kept = _points.Count / 2;
        for (int i = 0; i < kept; i++)
        {
            _points[i] = (_points[2 * i] + _points[(2 * i) + 1]) / 2;
        }

        // An odd last point waits together with the newest number.
        if (_points.Count % 2 == 1)
        {
            _sum += _points[^1] * _stride;
            _pending += _stride;
        }

        _points.RemoveRange(kept, _points.Count - kept);
        _stride *= 2;
    }
}
