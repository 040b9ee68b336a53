using System.Globalization;
using System.Text;

namespace Agents.Benchmarks.Experiments;

/// <summary>Accuracy on watched validation questions over training time, one line per arm and seed, as SVG.</summary>
/// <param name="rows">Rows of one experiment.</param>
/// <param name="family">The trained family.</param>
internal sealed class EffectPlot(IReadOnlyList<EffectRow> rows, string family)
{
    private const double Width = 760;
    private const double Height = 380;
    private const double Left = 56;
    private const double Right = 150;
    private const double Top = 34;
    private const double Bottom = 46;
    private const int Ticks = 5;
    private static readonly string[] s_colors = ["#1f6fb2", "#c4571b", "#2c8a4b", "#8650a6", "#7a7a7a", "#b58900"];

    /// <summary>Draws the plot; empty where no run was watched.</summary>
    public string Draw()
    {
        EffectRow[] watched = [.. rows.Where(row => row.Curve.Count > 1)];
        if (watched.Length == 0)
        {
            return "";
        }

        double longest = watched.Max(row => row.Curve[^1].Seconds);
        double low = Math.Floor(watched.Min(row => row.Curve.Min(point => point.Accuracy)) * 10) / 10;
        double high = Math.Ceiling(watched.Max(row => row.Curve.Max(point => point.Accuracy)) * 10) / 10;
        double X(double seconds) => Left + (seconds / longest * (Width - Left - Right));
        double Y(double accuracy) => Height - Bottom - ((accuracy - low) / (high - low) * (Height - Top - Bottom));
        StringBuilder svg = new();
        void Add(FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        Add($"<text x=\"{Left}\" y=\"18\" font-size=\"14\">{family}: greedy accuracy on 300 validation questions while training</text>");
        for (int i = 0; i <= Ticks; i++)
        {
            double accuracy = low + ((high - low) * i / Ticks);
            double seconds = longest * i / Ticks;
            Add($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(accuracy):F1}\" y2=\"{Y(accuracy):F1}\" stroke=\"#e4e4e4\"/>");
            Add($"<text x=\"{Left - 8}\" y=\"{Y(accuracy) + 4:F1}\" text-anchor=\"end\">{accuracy * 100:F0} %</text>");
            Add($"<text x=\"{X(seconds):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{seconds:F0}</text>");
        }

        Add($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">seconds of training</text>");
        string[] arms = [.. watched.Select(row => row.Arm).Distinct()];
        for (int arm = 0; arm < arms.Length; arm++)
        {
            string color = s_colors[arm % s_colors.Length];
            foreach (EffectRow row in watched.Where(row => row.Arm == arms[arm]))
            {
                string points = string.Join(' ', row.Curve.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Seconds):F1},{Y(point.Accuracy):F1}")));
                Add($"<polyline points=\"{points}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.6\"/>");
            }

            double y = Top + 10 + (arm * 18);
            Add($"<line x1=\"{Width - Right + 14}\" x2=\"{Width - Right + 36}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{color}\" stroke-width=\"2\"/>");
            Add($"<text x=\"{Width - Right + 42}\" y=\"{y + 4}\">{arms[arm]}</text>");
        }

        Add($"</svg>");
        return svg.ToString();
    }
}
