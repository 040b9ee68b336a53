using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Tracing;
using Spectre.Console;

namespace Agents.Cli.Tests.Output;

/// <summary>Traces for people and programs.</summary>
public sealed class TraceTreeTests
{
    private static readonly TraceNode[] Trace =
    [
        new TraceNode { Id = 0, Kind = TraceNodeKind.Strategy, Name = "vote", Duration = TimeSpan.FromSeconds(1.2) },
        new TraceNode { Id = 1, ParentId = 0, Kind = TraceNodeKind.Step, Name = "candidates [1]", Duration = TimeSpan.FromMilliseconds(900) },
        new TraceNode
        {
            Id = 2, ParentId = 1, Kind = TraceNodeKind.Call, Name = "default", Role = "default", Text = "2 + 2 = 4\nanswer: 4", PromptTokens = 12, CompletionTokens = 7,
            Value = 0.5, Notes = new Dictionary<string, string> { ["answer"] = "4" },
        },
        new TraceNode { Id = 3, ParentId = 1, Kind = TraceNodeKind.Call, Name = "verifier", Error = "timed out" },
    ];

    [Fact]
    public void Draw_ShowsKindsTokensTimesNotesAndErrors()
    {
        string text = Draw(Trace);
        Assert.Contains("vote  1.2 s", text, StringComparison.Ordinal);
        Assert.Contains("└── candidates [1]  900 ms", text, StringComparison.Ordinal);
        Assert.Contains("├── call default  12+7 tokens  value 0.5  answer = 4  \"2 + 2 = 4 answer: 4\"", text, StringComparison.Ordinal);
        Assert.Contains("└── call verifier  failed: timed out", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_LongText_KeepsItsEndInOneLine()
    {
        string text = Draw([Trace[0], Trace[2] with { ParentId = 0, Text = new string('x', 500) + "\u0007 answer: 9" }]);
        Assert.Contains("x  answer: 9\"", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length < 200));
    }

    [Fact]
    public void Draw_NothingAtAll_DrawsNothing() => Assert.Equal("", Draw([]));

    [Fact]
    public void Describe_UnscoredNode_HasNoRewardInsteadOfZero()
    {
        TraceItem item = TraceTree.Describe(Trace[2]);
        Assert.Null(item.Reward);
        Assert.Equal("call", item.Kind);
        Assert.Equal(0.5, item.Value);
        Assert.Null(item.Tokens);
    }

    private static string Draw(IReadOnlyList<TraceNode> trace)
    {
        using StringWriter writer = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 500;
        console.Profile.Capabilities.Unicode = true;
        TraceTree.Draw(console, trace);
        return writer.ToString().ReplaceLineEndings("\n");
    }
}
