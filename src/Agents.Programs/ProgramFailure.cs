using System.Globalization;

namespace Agents.Programs;

/// <summary>A failure as a value: programs are hostile, so nothing they do throws.</summary>
/// <param name="Kind">What failed.</param>
/// <param name="Message">A short text, without the program's own values.</param>
public sealed record ProgramFailure(ProgramFailureKind Kind, string Message)
{
    internal static ProgramFailure Syntax(string message, int at) =>
        new(ProgramFailureKind.Syntax, message + " at " + (at + 1).ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override string ToString() => "error: " + Message;
}
