using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Plugins;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Server.Tests.Plugins;

/// <summary>The sample plugin, as its README says: built by its own project, loaded from its output folder.</summary>
public sealed class AuthorAPluginTests
{
    private const string Id = "acme-second-look";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Output
    {
        get
        {
            DirectoryInfo bin = new(AppContext.BaseDirectory);
            DirectoryInfo root = bin;
            while (!File.Exists(Path.Combine(root.FullName, "Agents.sln")))
            {
                root = root.Parent ?? throw new DirectoryNotFoundException("The repository is not above the tests.");
            }

            return Path.Combine(root.FullName, "samples", "AuthorAPlugin", "bin", bin.Parent!.Name, bin.Name);
        }
    }

    [Fact]
    public async Task Load_OfTheBuildOutput_IsActiveWithItsStrategy()
    {
        await using PluginHost host = Host();

        PluginStatus status = await host.LoadAsync(Output, PluginTrust.ThirdParty, Stop);

        Assert.True(status.State == PluginState.Active, status.ToString());
        FeatureInfo info = Assert.Single(host.Features<IReasoningStrategy>());
        Assert.Equal("second-look", info.Id);
    }

    [Theory]
    [InlineData(1, "answer: 4", 2)]
    [InlineData(0.5, "answer: 5", 3)]
    public async Task Strategy_AsksAThirdTimeOnlyWhenTheAnswersDiffer(double accuracy, string expected, int calls)
    {
        await using PluginHost host = Host();
        await host.LoadAsync(Output, PluginTrust.ThirdParty, Stop);
        int asked = 0;
        ScriptedChatClient model = new ScriptedChatClient()
            .On("Which one is right", new ScriptedAnswer("answer: 5"))
            .On("", (_, _) => accuracy < 1 && Interlocked.Increment(ref asked) % 2 == 0 ? "answer: 3" : "answer: 4");
        ReasoningEngine engine = new(new PluginFeatures(new FeatureTable(), host), MemoryPrompts.Empty, LabelledAnswerFormat.Instance, RoleModels.Single(model));

        ReasoningResult result = await engine.SolveAsync("second-look", ReasoningTask.FromQuestion("2 + 2?"), cancellationToken: Stop);

        Assert.Equal(expected, result.Answer?.Text);
        Assert.Equal(calls, model.Calls.Count);
        Assert.Equal(calls, result.Usage.Calls);
    }

    [Fact]
    public async Task Unload_LeavesNothingBehind()
    {
        await using PluginHost host = Host();
        await host.LoadAsync(Output, PluginTrust.ThirdParty, Stop);

        UnloadVerdict verdict = await host.UnloadAsync(Id, Stop);

        Assert.True(verdict.Unloaded, verdict.ToString());
        Assert.Empty(host.Features<IReasoningStrategy>());
    }

    [Fact]
    public async Task Load_OfAChangedFile_IsRefusedByName()
    {
        string copy = Directory.CreateTempSubdirectory("agents-sample-").FullName;
        foreach (string file in Directory.GetFiles(Output))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        await File.AppendAllTextAsync(Path.Combine(copy, "Acme.SecondLook.dll"), " ", Stop);
        await using PluginHost host = Host();

        PluginStatus status = await host.LoadAsync(copy, PluginTrust.ThirdParty, Stop);

        Assert.NotEqual(PluginState.Active, status.State);
        Assert.Contains("Acme.SecondLook.dll", status.ToString(), StringComparison.Ordinal);
        Directory.Delete(copy, recursive: true);
    }

    private static PluginHost Host() => new(new PluginHostOptions(), NullLoggerFactory.Instance, TimeProvider.System);
}
