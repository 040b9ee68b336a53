using System.Globalization;

namespace Agents.Models;

/// <summary>Reads single-precision settings as the decimal numbers that were meant: 0.7f becomes 0.7, not 0.69999998807907104.</summary>
internal static class ShortestDecimal
{
    public static double Widen(float value) => double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
