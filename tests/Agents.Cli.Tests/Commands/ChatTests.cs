using System.Diagnostics;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary><c>agents chat</c>, held by a script.</summary>
public sealed class ChatTests(RandomModel model)
{
    [Fact]
    public async Task A_conversation_takes_messages_and_commands()
    {
        AgentsRun run = await ChatAsync("hello", "/trace", "/strategy self-consistency", "again", "/trace", "/exit", "never read");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("call default", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 calls", run.Output, StringComparison.Ordinal);
        Assert.Contains("2 calls", run.Output, StringComparison.Ordinal);
        Assert.Contains("Answering with self-consistency now.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_input_ends_the_conversation()
    {
        AgentsRun run = await ChatAsync();
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task Mistakes_are_reported_and_the_conversation_goes_on()
    {
        AgentsRun run = await ChatAsync("/strategi", "/strategy directt", "/trace", "/reset", "hello");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("'/strategi'", run.Error, StringComparison.Ordinal);
        Assert.Contains("'/strategy'", run.Error, StringComparison.Ordinal);
        Assert.Contains("'direct'", run.Error, StringComparison.Ordinal);
        Assert.Contains("There is no answer yet.", run.Error, StringComparison.Ordinal);
        Assert.Contains("forgotten", run.Error, StringComparison.Ordinal);
        Assert.NotEqual("", run.Output);
    }

    [Fact]
    public async Task Interrupted_AtThePrompt_StopsAtOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using Process process = AgentsProcess.Start(new AgentsInvocation(), "chat", "--model", model.Path);
        string? banner = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Contains("/exit", banner, StringComparison.Ordinal);
        using Process kill = Process.Start("kill", ["-s", "INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(130, process.ExitCode);
        Assert.Equal("Stopped.", (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
    }

    private Task<AgentsRun> ChatAsync(params string[] lines) => AgentsProcess.RunAsync(
        new AgentsInvocation { Input = string.Concat(lines.Select(line => line + "\n")) }, "chat", "--model", model.Path, "--max-tokens", "4", "--samples", "2");
}
