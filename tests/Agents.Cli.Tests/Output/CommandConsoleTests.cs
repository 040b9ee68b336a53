using Agents.Cli.Output;

namespace Agents.Cli.Tests.Output;

/// <summary>Text of a model on a terminal.</summary>
public sealed class CommandConsoleTests
{
    [Theory]
    [InlineData("plain ünï\n\ttext", "plain ünï\n\ttext")]
    [InlineData("a\u001b[2Jb\r\u0007", "a\uFFFD[2Jb\uFFFD\uFFFD")]
    [InlineData("\u009b31m", "\uFFFD31m")]
    public void Visible_ControlCharacters_CannotReachTheTerminal(string text, string expected) => Assert.Equal(expected, CommandConsole.Visible(text));
}
