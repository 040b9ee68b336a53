using Agents.Cli.Output;

namespace Agents.Cli.Tests.Output;

/// <summary>From an error to one line and an exit code.</summary>
public sealed class ErrorReportTests
{
    [Fact]
    public void Write_DomainError_IsItsMessageInOneLine()
    {
        (int code, string text) = Report(new AgentsException("first\nsecond"));
        Assert.Equal(1, code);
        Assert.Equal("error: first second\n", text);
    }

    [Fact]
    public void Write_UsageError_HasCodeTwo() => Assert.Equal((2, "error: no\n"), Report(new UsageException("no")));

    [Fact]
    public void Write_Cancellation_IsNoError() => Assert.Equal((130, "Stopped.\n"), Report(new OperationCanceledException()));

    [Fact]
    public void Write_ArgumentError_HidesTheParameterName() => Assert.Equal((1, "error: bad\n"), Report(new ArgumentException("bad", "value")));

    [Fact]
    public void Write_MissingFile_NamesIt()
    {
        (_, string text) = Report(new FileNotFoundException("There is none.", "some.txt"));
        Assert.Contains("some.txt", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_UnexpectedError_SaysWhatItIsAndHowToLearnMore()
    {
        (int code, string text) = Report(new InvalidOperationException("odd"));
        Assert.Equal(1, code);
        Assert.Contains("InvalidOperationException: odd", text, StringComparison.Ordinal);
        Assert.Contains("--verbose", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Verbose_AddsTheDetails()
    {
        (_, string text) = Report(new AgentsException("outer", new InvalidOperationException("inner cause")), verbose: true);
        Assert.Contains("inner cause", text, StringComparison.Ordinal);
    }

    private static (int Code, string Text) Report(Exception error, bool verbose = false)
    {
        using StringWriter writer = new();
        int code = ErrorReport.Write(new CommandConsole(TextWriter.Null, writer, json: false, verbose), error);
        return (code, writer.ToString().ReplaceLineEndings("\n"));
    }
}
