using System.Globalization;
using System.Text;

namespace Agents.Benchmarks.Peers;

/// <summary>Draws the cost of a token against the length of its context, ours and the peer's, as a small SVG.</summary>
internal static class ContextPlot
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Left = 60;
    private const int Right = 20;
    private const int Top = 40;
    private const int Bottom = 50;

    /// <summary>Writes the plot.</summary>
    /// <param name="path">The .svg file.</param>
    /// <param name="title">What was measured.</param>
    /// <param name="points">Context length, our and the peer's milliseconds per token.</param>
    public static void Write(string path, string title, IReadOnlyList<(int Length, double Ours, double Peer)> points)
    {
        double most = points.Max(point => Math.Max(point.Ours, point.Peer)) * 1.1;
        double X(int length) => Left + ((Math.Log2(length) - Math.Log2(points[0].Length)) / Math.Log2((double)points[^1].Length / points[0].Length) * (Width - Left - Right));
        double Y(double milliseconds) => Height - Bottom - (milliseconds / most * (Height - Top - Bottom));
        StringBuilder svg = new();
        void Line(FormattableString text) => svg.AppendLine(FormattableString.Invariant(text));
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Line($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        Line($"<text x=\"{Left}\" y=\"20\" font-size=\"14\">{title}</text>");
        for (int tick = 0; tick <= 4; tick++)
        {
            double value = most * tick / 4;
            Line($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):F1}\" y2=\"{Y(value):F1}\" stroke=\"#ddd\"/>");
            Line($"<text x=\"{Left - 6}\" y=\"{Y(value) + 4:F1}\" text-anchor=\"end\">{value:F1}</text>");
        }

        foreach ((int length, _, _) in points)
        {
            Line($"<text x=\"{X(length):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{length}</text>");
        }

        Line($"<text x=\"{(Width + Left) / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">tokens in the context</text>");
        Line($"<text x=\"14\" y=\"{Height / 2}\" transform=\"rotate(-90 14 {Height / 2})\" text-anchor=\"middle\">ms per token</text>");
        Series("#1565c0", "this engine", 0, point => point.Ours);
        Series("#c62828", "llama.cpp", 1, point => point.Peer);
        Line($"</svg>");
        File.WriteAllText(path, svg.ToString());

        void Series(string color, string name, int row, Func<(int Length, double Ours, double Peer), double> value)
        {
            string line = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Length):F1},{Y(value(point)):F1}")));
            Line($"<polyline points=\"{line}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>");
            foreach ((int Length, double Ours, double Peer) point in points)
            {
                Line($"<circle cx=\"{X(point.Length):F1}\" cy=\"{Y(value(point)):F1}\" r=\"3\" fill=\"{color}\"/>");
            }

            Line($"<text x=\"{Left + 12}\" y=\"{Top + 14 + (row * 18)}\" fill=\"{color}\">{name}</text>");
        }
    }
}
