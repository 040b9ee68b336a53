using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Agents.Training.Reports;

/// <summary>Draws series over steps as inline SVG. Colours come from the page's style sheet, so that one drawing serves light and dark screens.</summary>
internal static class LinePlot
{
    private const int Width = 560;
    private const int Height = 220;
    private const int Left = 56;
    private const int Right = 12;
    private const int Top = 10;
    private const int Bottom = 28;

    /// <summary>More points than pixels say nothing.</summary>
    private const int MaximumPoints = 560;

    /// <summary>Share of the old value in the smoothed line.</summary>
    private const double Smoothing = 0.9;

    /// <summary>Fewer points are easier to read as they are.</summary>
    private const int LeastSmoothed = 30;

    /// <summary>Draws.</summary>
    /// <param name="title">What is plotted, for screen readers.</param>
    /// <param name="series">Names and points; at least one point in all.</param>
    /// <param name="starts">Steps at which a process went on; marked by lines.</param>
    public static string Draw(string title, IReadOnlyList<(string Name, ImmutableArray<MetricsPoint> Points)> series, IEnumerable<long> starts)
    {
        double firstStep = series.Min(entry => entry.Points[0].Step);
        double lastStep = Math.Max(firstStep + 1, series.Max(entry => entry.Points[^1].Step));
        double least = series.Min(entry => entry.Points.Min(point => point.Value));
        double greatest = series.Max(entry => entry.Points.Max(point => point.Value));
        if (greatest - least <= Math.Abs(greatest) * 1e-9)
        {
            double half = Math.Max(Math.Abs(greatest) * 0.1, 1e-6);
            (least, greatest) = (least - half, greatest + half);
        }

        double X(double step) => Left + ((step - firstStep) / (lastStep - firstStep) * (Width - Left - Right));
        double Y(double value) => Top + (((greatest / 2) - (value / 2)) / ((greatest / 2) - (least / 2)) * (Height - Top - Bottom));
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{HtmlText.Escape(title)}\">\n");
        foreach (double tick in AxisTicks.Of(least, greatest, 5))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):F1}\" y2=\"{Y(tick):F1}\"/>")
                .Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{Y(tick) + 4:F1}\" text-anchor=\"end\">{AxisTicks.Text(tick)}</text>\n");
        }

        foreach (double tick in AxisTicks.Of(firstStep, lastStep, 6).Where(tick => tick == Math.Floor(tick)))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(tick):F1}\" y=\"{Height - 8}\" text-anchor=\"middle\">{AxisTicks.Text(tick)}</text>\n");
        }

        foreach (long start in starts.Where(start => start > firstStep && start <= lastStep))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"start\" x1=\"{X(start):F1}\" x2=\"{X(start):F1}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"><title>resumed before step {start}</title></line>\n");
        }

        for (int i = 0; i < series.Count; i++)
        {
            ImmutableArray<MetricsPoint> points = Thinned(series[i].Points);
            bool smooth = points.Length >= LeastSmoothed;
            Line(svg, points, X, Y, $"s{i % 6}{(smooth ? " raw" : "")}");
            if (smooth)
            {
                Line(svg, Smoothed(series[i].Points), X, Y, $"s{i % 6}");
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Keeps the least and the greatest point of every share of the steps, so that no peak disappears.</summary>
    /// <param name="points">At least one point, in order of steps.</param>
    internal static ImmutableArray<MetricsPoint> Thinned(ImmutableArray<MetricsPoint> points)
    {
        if (points.Length <= MaximumPoints)
        {
            return points;
        }

        var kept = ImmutableArray.CreateBuilder<MetricsPoint>(MaximumPoints);
        int shares = MaximumPoints / 2;
        for (int i = 0; i < shares; i++)
        {
            MetricsPoint[] share = [.. points[(int)((long)i * points.Length / shares)..(int)((i + 1L) * points.Length / shares)]];
            MetricsPoint low = share.MinBy(point => point.Value);
            MetricsPoint high = share.MaxBy(point => point.Value);
            kept.Add(low.Step <= high.Step ? low : high);
            if (low != high)
            {
                kept.Add(low.Step <= high.Step ? high : low);
            }
        }

        return kept.ToImmutable();
    }

    /// <summary>Returns the moving mean, corrected for its start.</summary>
    /// <param name="points">At least one point, in order of steps.</param>
    internal static ImmutableArray<MetricsPoint> Smoothed(ImmutableArray<MetricsPoint> points)
    {
        var smoothed = ImmutableArray.CreateBuilder<MetricsPoint>(points.Length);
        double mean = 0;
        double weight = 0;
        foreach (MetricsPoint point in points)
        {
            mean = (Smoothing * mean) + ((1 - Smoothing) * point.Value);
            weight = (Smoothing * weight) + 1 - Smoothing;
            smoothed.Add(point with { Value = mean / weight });
        }

        return Thinned(smoothed.MoveToImmutable());
    }

    private static void Line(StringBuilder svg, ImmutableArray<MetricsPoint> points, Func<double, double> x, Func<double, double> y, string style)
    {
        if (points.Length == 1)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"{style}\" cx=\"{x(points[0].Step):F1}\" cy=\"{y(points[0].Value):F1}\" r=\"3\"/>\n");
            return;
        }

        svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{style}\" points=\"");
        foreach (MetricsPoint point in points)
        {
            svg.Append(CultureInfo.InvariantCulture, $"{x(point.Step):F1},{y(point.Value):F1} ");
        }

        svg.Append("\"/>\n");
    }
}
