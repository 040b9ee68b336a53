using System.Globalization;
using System.Net;
using System.Text;
using Agents.Training.Reports;

namespace Agents.Runtime.Replication.Reports;

/// <summary>Draws the arms of a replication with their intervals as SVG: one row per arm, a point and a whisker, seeds as small circles.</summary>
public static class ArmPlot
{
    private const double Width = 760;
    private const double Left = 250;
    private const double Right = 30;
    private const double Top = 40;
    private const double RowHeight = 26;
    private const double Bottom = 40;
    private const int MaximumLabel = 36;

    /// <summary>Draws.</summary>
    /// <param name="findings">The findings.</param>
    public static string Draw(FindingsDocument findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        bool real = findings.Arms.Any(arm => arm.Metric is not null);
        (string Name, double Value, double Low, double High, IReadOnlyList<double> Seeds)[] rows =
        [
            .. findings.Arms
                .Where(arm => (real ? arm.Metric : arm.Accuracy) is not null)
                .Select(arm => real
                    ? (arm.Arm, arm.Metric!.Value, arm.MetricInterval![0], arm.MetricInterval[1], arm.MetricBySeed)
                    : (arm.Arm, arm.Accuracy!.Value, arm.AccuracyInterval![0], arm.AccuracyInterval[1], arm.AccuracyBySeed)),
        ];
        double height = Top + (rows.Length * RowHeight) + Bottom;
        double low = rows.Select(row => Math.Min(row.Low, row.Seeds.DefaultIfEmpty(row.Low).Min())).DefaultIfEmpty(0).Min();
        double high = rows.Select(row => Math.Max(row.High, row.Seeds.DefaultIfEmpty(row.High).Max())).DefaultIfEmpty(1).Max();
        double margin = high > low ? 0.05 * (high - low) : 0.5;
        (low, high) = (low - margin, high + margin);
        double X(double value) => Left + ((value - low) / (high - low) * (Width - Left - Right));
        StringBuilder svg = new();
        void Add(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add($"<rect width=\"{Width}\" height=\"{height}\" fill=\"white\"/>");
        Add($"<text x=\"12\" y=\"22\" font-size=\"14\">{Escape(findings.Paper)} {Escape(findings.Name)}: {Escape(real ? findings.Metric : "accuracy")} by arm, 95 % intervals</text>");
        foreach (double tick in AxisTicks.Of(low, high, 6))
        {
            Add($"<line x1=\"{X(tick):F1}\" x2=\"{X(tick):F1}\" y1=\"{Top - 6}\" y2=\"{height - Bottom + 6}\" stroke=\"#e4e4e4\"/>");
            Add($"<text x=\"{X(tick):F1}\" y=\"{height - Bottom + 22}\" text-anchor=\"middle\">{AxisTicks.Text(tick)}</text>");
        }

        for (int i = 0; i < rows.Length; i++)
        {
            double y = Top + (RowHeight * (i + 0.5));
            (string name, double value, double from, double to, IReadOnlyList<double> seeds) = rows[i];
            string color = name == findings.Primary.Method ? "#c4571b" : name == findings.Primary.Baseline ? "#1f6fb2" : "#555555";
            string label = name.Length <= MaximumLabel ? name : name[..(MaximumLabel - 1)] + "…";
            Add($"<text x=\"{Left - 12}\" y=\"{y + 4:F1}\" text-anchor=\"end\" fill=\"{color}\">{Escape(label)}</text>");
            Add($"<line x1=\"{X(from):F1}\" x2=\"{X(to):F1}\" y1=\"{y:F1}\" y2=\"{y:F1}\" stroke=\"{color}\" stroke-width=\"2\"/>");
            foreach (double seed in seeds)
            {
                Add($"<circle cx=\"{X(seed):F1}\" cy=\"{y:F1}\" r=\"2.5\" fill=\"white\" stroke=\"{color}\"/>");
            }

            Add($"<circle cx=\"{X(value):F1}\" cy=\"{y:F1}\" r=\"4\" fill=\"{color}\"/>");
        }

        Add($"</svg>");
        return svg.ToString();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
