using System.Text;

namespace Agents.Cli.Output;

/// <summary>
/// Draws frames of lines over each other at the bottom of a terminal. When the terminal was made smaller since the last frame, its lines may have been wrapped in
/// a way that differs between terminals; then the next frame stands below the old one instead of guessing how many lines to go up.
/// </summary>
/// <param name="output">The terminal.</param>
/// <param name="size">Columns and rows of the terminal at present.</param>
internal sealed class LiveFrames(TextWriter output, Func<(int Columns, int Rows)> size)
{
    private const string Up = "\e[{0}F";
    private const string EraseBelow = "\e[0J";
    private const int LeastColumns = 20;
    private const int LeastRows = 3;
    private static readonly CompositeFormat UpFormat = CompositeFormat.Parse(Up);
    private (int Columns, int Rows) _last;
    private int _drawn;

    /// <summary>Draws a frame in the place of the last one.</summary>
    /// <param name="lines">Makes at most so many lines of at most so many columns.</param>
    public void Draw(Func<int, int, IReadOnlyList<string>> lines)
    {
        (int columns, int rows) = size();

        // The last column stays free: terminals differ in when they wrap. So does the last row, where the cursor stands.
        (columns, rows) = (Math.Max(LeastColumns, columns - 1), Math.Max(LeastRows, rows - 1));
        StringBuilder frame = new();
        if (_drawn > 0 && columns >= _last.Columns && rows >= _drawn)
        {
            frame.AppendFormat(System.Globalization.CultureInfo.InvariantCulture, UpFormat, _drawn).Append(EraseBelow);
        }

        IReadOnlyList<string> drawn = lines(columns, rows);
        foreach (string line in drawn)
        {
            frame.Append(line).Append('\n');
        }

        // One write, so that no other output comes between the halves of a frame.
        output.Write(frame.ToString());
        output.Flush();
        _drawn = drawn.Count;
        _last = (columns, rows);
    }
}
