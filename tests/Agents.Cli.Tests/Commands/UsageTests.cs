using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary>Wrong command lines: code 2, one line, and what may have been meant.</summary>
public sealed class UsageTests(RandomModel model)
{
    [Fact]
    public async Task No_command_lists_the_commands()
    {
        AgentsRun run = await AgentsProcess.RunAsync();
        run.FailsWith(2, "ask", "doctor", "agents --help");
    }

    [Fact]
    public async Task An_unknown_command_offers_the_nearest()
    {
        AgentsRun run = await AgentsProcess.RunAsync("modles", "list");
        run.FailsWith(2, "'modles'", "'models'");
    }

    [Fact]
    public async Task An_unknown_option_offers_the_nearest()
    {
        AgentsRun run = await AgentsProcess.RunAsync("tokenize", "--text", "x", "--modle", model.Path);
        run.FailsWith(2, "'--modle'", "'--model'");
    }

    [Fact]
    public async Task A_misspelt_option_is_not_taken_for_the_question()
    {
        AgentsRun run = await AgentsProcess.RunAsync("ask", "--strateggy");
        run.FailsWith(2, "'--strateggy'", "'--strategy'");
    }

    [Theory]
    [InlineData("--samples", "0", "from 1 to 1024")]
    [InlineData("--samples", "many", "'many'")]
    [InlineData("--temperature", "-1", "at least 0")]
    [InlineData("--temperature", "NaN", "'NaN'")]
    [InlineData("--seed", "-3", "at least 0")]
    [InlineData("--max-tokens", "0", "at least 1")]
    [InlineData("--budget-tokens", "0", "at least 1")]
    [InlineData("--budget-calls", "-2", "at least 1")]
    [InlineData("--budget-seconds", "0", "greater than 0")]
    public async Task A_number_out_of_range_names_option_and_range(string option, string value, string range)
    {
        AgentsRun run = await AgentsProcess.RunAsync("ask", "x", "--model", model.Path, option, value);
        run.FailsWith(2, option, range);
    }

    [Theory]
    [InlineData("[1]", "Array")]
    [InlineData("{", "no JSON")]
    public async Task Settings_must_be_a_json_object(string settings, string words)
    {
        AgentsRun run = await AgentsProcess.RunAsync("ask", "x", "--model", model.Path, "--settings", settings);
        run.FailsWith(2, "--settings", words);
    }

    [Theory]
    [InlineData("ask")]
    [InlineData("chat")]
    [InlineData("eval")]
    [InlineData("generate")]
    [InlineData("score")]
    [InlineData("tokenize")]
    [InlineData("train")]
    [InlineData("export")]
    [InlineData("quantize")]
    [InlineData("models", "make-random")]
    [InlineData("plugins", "check")]
    [InlineData("prompts", "show")]
    [InlineData("doctor")]
    public async Task Every_command_explains_itself_with_examples(params string[] command)
    {
        AgentsRun run = await AgentsProcess.RunAsync([.. command, "--help"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Examples:\n  agents " + string.Join(' ', command), run.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("Exit codes: 0 done", run.Output, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }
}
