using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Agents.CodeRunner.Execution;

/// <summary>Says in one line why a call gave no value.</summary>
internal static class Failure
{
    private const int MaximumLength = 2000;

    /// <summary>Returns kind, message and the program's line that threw.</summary>
    /// <param name="error">What was thrown.</param>
    public static string Of(Exception error)
    {
        while (error is TypeInitializationException or TargetInvocationException && error.InnerException is { } inner)
        {
            error = inner;
        }

        int line = new StackTrace(error, fNeedFileInfo: true).GetFrames().Where(frame => frame.GetFileName() is "program.cs").Select(frame => frame.GetFileLineNumber()).FirstOrDefault();
        string at = line > 0 ? string.Create(CultureInfo.InvariantCulture, $" (line {line})") : "";
        string text = $"{error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}{at}";
        return text.Length <= MaximumLength ? text : text[..MaximumLength];
    }
}
