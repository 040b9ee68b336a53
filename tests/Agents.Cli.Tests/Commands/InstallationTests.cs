using System.Text.Json;
using Agents.Cli.Tests.Harness;

namespace Agents.Cli.Tests.Commands;

/// <summary>Commands about the installation: plugins, prompts, doctor.</summary>
public sealed class InstallationTests(RandomModel model)
{
    [Fact]
    public async Task Shipped_plugins_are_active_with_their_strategies()
    {
        JsonElement items = (await AgentsProcess.RunAsync("plugins", "list", "--json")).Json().GetProperty("items");
        JsonElement plugin = items.EnumerateArray().Single(item => item.GetProperty("id").GetString() == "self-aggregation");
        Assert.Equal("Active", plugin.GetProperty("state").GetString());
        Assert.Equal("FirstParty", plugin.GetProperty("trust").GetString());
        Assert.Contains(plugin.GetProperty("features").EnumerateArray(), feature => feature.GetProperty("id").GetString() == "self-consistency");
    }

    [Fact]
    public async Task A_sound_plugin_passes_the_check()
    {
        AgentsRun run = await AgentsProcess.RunAsync("plugins", "check", ShippedPlugin);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("self-aggregation", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tampered_plugin_is_refused_by_name_and_ask_goes_on()
    {
        string folder = BuildPaths.Folder("tampered");
        string plugin = Path.Combine(folder, "Bad");
        Directory.CreateDirectory(plugin);
        foreach (string file in Directory.GetFiles(ShippedPlugin))
        {
            File.Copy(file, Path.Combine(plugin, Path.GetFileName(file)));
        }

        await File.AppendAllTextAsync(Path.Combine(plugin, "Agents.Plugins.SelfAggregation.dll"), "x", TestContext.Current.CancellationToken);
        AgentsRun check = await AgentsProcess.RunAsync("plugins", "check", plugin);
        check.FailsWith(1, "Agents.Plugins.SelfAggregation.dll");
        AgentsRun ask = await AgentsProcess.RunAsync("ask", "x", "--model", model.Path, "--max-tokens", "3", "--plugins", folder, "--json");
        Assert.Equal("direct", ask.Json().GetProperty("strategy").GetString());
        Assert.Contains("warning: plugin refused", ask.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_plugin_folder_is_wrong_usage()
    {
        AgentsRun run = await AgentsProcess.RunAsync("plugins", "list", "--plugins", "no-such-folder");
        run.FailsWith(2, "no-such-folder");
    }

    [Fact]
    public async Task A_folder_of_the_user_overrides_a_prompt()
    {
        string folder = Path.Combine(BuildPaths.Folder("prompts"), "self-aggregation");
        Directory.CreateDirectory(folder);
        AgentsRun shown = await AgentsProcess.RunAsync("prompts", "show", "self-aggregation/aggregate", "--json");
        string shipped = shown.Json().GetProperty("items").EnumerateArray().Single(item => item.GetProperty("models").GetArrayLength() == 0).GetProperty("source").GetString()!;
        File.Copy(shipped, Path.Combine(folder, "aggregate.yaml"));
        JsonElement items = (await AgentsProcess.RunAsync("prompts", "list", "--prompts", Path.GetDirectoryName(folder)!, "--json")).Json().GetProperty("items");
        JsonElement prompt = items.EnumerateArray().Single(item => item.GetProperty("name").GetString() == "self-aggregation/aggregate" && item.GetProperty("models").GetArrayLength() == 0);
        Assert.Equal(Path.Combine(folder, "aggregate.yaml"), prompt.GetProperty("source").GetString());
    }

    [Fact]
    public async Task Shipped_prompts_have_versions_and_an_override_of_a_newer_one_is_said()
    {
        string folder = BuildPaths.Folder("old-prompts");
        Directory.CreateDirectory(Path.Combine(folder, "sift"));
        JsonElement shipped = (await AgentsProcess.RunAsync("prompts", "list", "--json")).Json().GetProperty("items");
        Assert.All(shipped.EnumerateArray(), item => Assert.Contains("\nversion: ", File.ReadAllText(item.GetProperty("source").GetString()!), StringComparison.Ordinal));
        string source = shipped.EnumerateArray().First(item => item.GetProperty("name").GetString() == "sift/sticker" && item.GetProperty("models").GetArrayLength() == 0).GetProperty("source").GetString()!;
        string text = await File.ReadAllTextAsync(source, TestContext.Current.CancellationToken);
        string newer = Path.Combine(BuildPaths.Folder("new-prompts"), "sift");
        Directory.CreateDirectory(newer);
        await File.WriteAllTextAsync(Path.Combine(folder, "sift", "sticker.yaml"), text, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(newer, "sticker.yaml"), text.Replace("version: 1", "version: 9", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        AgentsRun run = await AgentsProcess.RunAsync("prompts", "list", "--prompts", folder, "--prompts", Path.GetDirectoryName(newer)!);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("overrides version 9 of 'sift/sticker'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_prompt_offers_the_nearest()
    {
        AgentsRun run = await AgentsProcess.RunAsync("prompts", "show", "self-aggregation/agregate");
        run.FailsWith(1, "'self-aggregation/aggregate'");
    }

    [Fact]
    public async Task A_broken_prompt_names_file_and_line()
    {
        string folder = BuildPaths.Folder("broken-prompts");
        await File.WriteAllTextAsync(Path.Combine(folder, "bad.yaml"), "name: x\nmisspelt: 1\n", TestContext.Current.CancellationToken);
        AgentsRun run = await AgentsProcess.RunAsync("prompts", "list", "--prompts", folder);
        run.FailsWith(1, "bad.yaml");
    }

    [Fact]
    public async Task Doctor_ChecksEverythingAndFailsWithTheCause()
    {
        AgentsRun run = await AgentsProcess.RunAsync("doctor", "--json");
        JsonElement document = run.ParsedOutput();
        Dictionary<string, JsonElement> checks = document.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("id").GetString()!);
        Assert.Equal(["processor", "memory", "temp-folder", "home-folder", "plugins", "prompts", "embedded-model", "endpoint"], checks.Keys);
        foreach (string id in (string[])["processor", "temp-folder", "home-folder", "plugins", "prompts"])
        {
            Assert.True(checks[id].GetProperty("ok").GetBoolean(), checks[id].GetProperty("detail").GetString());
        }

        bool healthy = checks.Values.All(check => check.GetProperty("ok").GetBoolean());
        Assert.Equal(healthy, document.GetProperty("healthy").GetBoolean());
        Assert.Equal(healthy ? 0 : 1, run.ExitCode);
        Assert.All(checks.Values.Where(check => !check.GetProperty("ok").GetBoolean()), check => Assert.NotEqual(JsonValueKind.Null, check.GetProperty("fix").ValueKind));
    }

    [Fact]
    public async Task Doctor_ABrokenPlugin_IsNamedWithAFix()
    {
        string folder = BuildPaths.Folder("doctor-plugins");
        Directory.CreateDirectory(Path.Combine(folder, "Empty"));
        AgentsRun run = await AgentsProcess.RunAsync("doctor", "--plugins", folder, "--json");
        Assert.Equal(1, run.ExitCode);
        JsonElement check = run.ParsedOutput().GetProperty("checks").EnumerateArray().Single(item => item.GetProperty("id").GetString() == "plugins");
        Assert.False(check.GetProperty("ok").GetBoolean());
        Assert.Contains("plugin.json", check.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static string ShippedPlugin => Path.Combine(BuildPaths.CommandOutput, "plugins", "SelfAggregation");
}
