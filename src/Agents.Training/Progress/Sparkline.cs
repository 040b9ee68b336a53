using System.Text;

namespace Agents.Training.Progress;

/// <summary>A curve in one line of text.</summary>
public static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const string Letters = "_.-~=+*#";

    /// <summary>Draws numbers from left to right; when there are more than columns, each column is the mean of its share. Missing numbers (NaN) stay blank.</summary>
    /// <param name="values">The numbers, oldest first.</param>
    /// <param name="columns">Most characters.</param>
    /// <param name="unicode">Whether the screen can show block elements; otherwise plain letters are used.</param>
    /// <returns>At most <paramref name="columns"/> characters; the least number of all is the lowest block, the greatest the highest. Equal numbers are a middle line.</returns>
    public static string Draw(ReadOnlySpan<double> values, int columns, bool unicode = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Span<double> cells = new double[Math.Min(columns, values.Length)];
        double least = double.PositiveInfinity;
        double greatest = double.NegativeInfinity;
        for (int i = 0; i < cells.Length; i++)
        {
            int start = (int)((long)i * values.Length / cells.Length);
            int end = (int)((i + 1L) * values.Length / cells.Length);
            cells[i] = Mean(values[start..end]);
            if (double.IsFinite(cells[i]))
            {
                least = Math.Min(least, cells[i]);
                greatest = Math.Max(greatest, cells[i]);
            }
        }

        string levels = unicode ? Blocks : Letters;
        StringBuilder text = new(cells.Length);
        foreach (double cell in cells)
        {
            text.Append(double.IsFinite(cell) ? levels[Level(cell, least, greatest, levels.Length)] : ' ');
        }

        return text.ToString();
    }

    private static int Level(double value, double least, double greatest, int levels) =>
        greatest > least ? Math.Min(levels - 1, (int)((value / 2 - (least / 2)) / ((greatest / 2) - (least / 2)) * levels)) : (levels - 1) / 2;

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        int count = 0;
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                sum += value;
                count++;
            }
        }

        return count == 0 ? double.NaN : sum / count;
    }
}
