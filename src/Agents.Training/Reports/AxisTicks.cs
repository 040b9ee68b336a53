using System.Collections.Immutable;
using System.Globalization;

namespace Agents.Training.Reports;

/// <summary>Round numbers for the marks of an axis.</summary>
public static class AxisTicks
{
    /// <summary>Returns round numbers in a range: multiples of 1, 2 or 5 times a power of ten.</summary>
    /// <param name="least">Start of the range.</param>
    /// <param name="greatest">End of the range; greater than the start.</param>
    /// <param name="count">About how many.</param>
    public static ImmutableArray<double> Of(double least, double greatest, int count)
    {
        double raw = (greatest / count) - (least / count);
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = (raw / power) switch
        {
            <= 1 => power,
            <= 2 => 2 * power,
            <= 5 => 5 * power,
            _ => 10 * power,
        };
        var ticks = ImmutableArray.CreateBuilder<double>();
        double first = Math.Ceiling(least / step);
        for (int i = 0; ticks.Count <= 2 * count && (first + i) * step <= greatest + (step * 1e-9); i++)
        {
            ticks.Add((first + i) * step);
        }

        return ticks.ToImmutable();
    }

    /// <summary>Writes the number at a mark.</summary>
    /// <param name="value">The number.</param>
    public static string Text(double value) => Math.Abs(value) switch
    {
        < 1e-12 => "0",
        >= 1e6 or < 1e-3 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };
}
