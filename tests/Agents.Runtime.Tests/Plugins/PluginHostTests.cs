using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Agents.Reasoning;
using Agents.Runtime.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Runtime.Tests.Plugins;

public sealed class PluginHostTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("plugin-tests-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task LoadAllAsync_SeveralBrokenPlugins_RefusesEachByNameAndKeepsTheGoodOne()
    {
        PluginSource.Install(_root, "good", PluginSource.Good);
        PluginSource.Install(_root, "throws", Variant("/*constructor*/", "throw new InvalidOperationException(\"no luck\");").Replace("\"echo\"", "\"echo-a\"", StringComparison.Ordinal), features: ["echo-a"]);
        PluginSource.Install(_root, "hangs", Variant("/*constructor*/", "new ManualResetEvent(false).WaitOne(15000);").Replace("\"echo\"", "\"echo-b\"", StringComparison.Ordinal), features: ["echo-b"]);
        PluginSource.Install(_root, "future", PluginSource.Good, contract: "[2.1,3.0)", features: ["echo-c"]);
        string tampered = PluginSource.Install(_root, "tampered", PluginSource.Good, features: ["echo-d"]);
        await File.AppendAllTextAsync(Path.Combine(tampered, "Sample.dll"), "x", TestContext.Current.CancellationToken);
        await using PluginHost host = Host(new PluginFolder(_root, PluginTrust.ThirdParty));

        await host.LoadAllAsync(TestContext.Current.CancellationToken);

        Dictionary<string, PluginStatus> statuses = host.List().ToDictionary(status => status.Id);
        Assert.Equal(PluginState.Active, statuses["good"].State);
        Assert.Equal(PluginState.Faulted, statuses["throws"].State);
        Assert.Contains("throws 1.0.0", statuses["throws"].Reason, StringComparison.Ordinal);
        Assert.Contains("no luck", statuses["throws"].Reason, StringComparison.Ordinal);
        Assert.Equal(PluginState.Faulted, statuses["hangs"].State);
        Assert.Contains("did not return within 0.5 s", statuses["hangs"].Reason, StringComparison.Ordinal);
        Assert.Equal(PluginState.Refused, statuses["future"].State);
        Assert.Contains("needs contract [2.1,3.0); this host offers 1.0", statuses["future"].Reason, StringComparison.Ordinal);
        Assert.Equal(PluginState.Refused, statuses["tampered"].State);
        Assert.Contains("'Sample.dll' was changed", statuses["tampered"].Reason, StringComparison.Ordinal);
        using FeatureLease<IReasoningStrategy>? echo = host.Acquire<IReasoningStrategy>("echo");
        Assert.NotNull(echo);
        Assert.Equal("good", echo.PluginId);
    }

    [Fact]
    public async Task UnloadAsync_ThousandCycles_LeavesNothingAlive()
    {
        string folder = PluginSource.Install(_root, "cycle", PluginSource.Good);
        await using PluginHost host = Host();
        var contexts = new List<WeakReference>();
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(PluginState.Active, (await host.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken)).State);
            contexts.Add(UseOnce(host));
            UnloadVerdict verdict = await host.UnloadAsync("cycle", TestContext.Current.CancellationToken);
            Assert.True(verdict.Unloaded, $"cycle {i}: {verdict.Reason}");
        }

        Assert.DoesNotContain(contexts, context => context.IsAlive);
    }

    [Fact]
    public async Task UnloadAsync_CallInFlight_WaitsForIt()
    {
        string folder = PluginSource.Install(_root, "busy", PluginSource.Good);
        await using PluginHost host = Host();
        await host.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);
        FeatureLease<IReasoningStrategy>? lease = host.Acquire<IReasoningStrategy>("echo");

        Task<UnloadVerdict> unload = host.UnloadAsync("busy", TestContext.Current.CancellationToken);

        Assert.Null(host.Acquire<IReasoningStrategy>("echo"));
        Assert.False(unload.IsCompleted);
        lease!.Dispose();
        lease = null;
        await unload;
        Assert.Contains(host.List().Single().State, new[] { PluginState.Unloaded, PluginState.Lingering });
    }

    [Fact]
    public async Task UnloadAsync_PluginThatKeepsAThread_IsReportedAsLingering()
    {
        string folder = PluginSource.Install(_root, "thread", Variant("/*start*/", "new Thread(() => new ManualResetEvent(false).WaitOne(20000)) { IsBackground = true }.Start();"));
        await using PluginHost host = Host();
        await host.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);

        UnloadVerdict verdict = await host.UnloadAsync("thread", TestContext.Current.CancellationToken);

        Assert.False(verdict.Unloaded);
        Assert.NotNull(verdict.Reason);
        Assert.Equal(PluginState.Lingering, host.List().Single().State);
    }

    [Fact]
    public async Task ReloadAsync_NewCode_SwitchesWithoutAGap()
    {
        string folder = PluginSource.Install(_root, "evolving", PluginSource.Good);
        await using PluginHost host = Host();
        await host.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);
        PluginSource.Install(_root, "evolving", PluginSource.Good.Replace("/*text*/", "second: ", StringComparison.Ordinal));

        (PluginStatus status, UnloadVerdict? old) = await host.ReloadAsync("evolving", TestContext.Current.CancellationToken);

        Assert.Equal(PluginState.Active, status.State);
        Assert.True(old!.Unloaded, old.Reason);
        using FeatureLease<IReasoningStrategy>? lease = host.Acquire<IReasoningStrategy>("echo");
        Assert.Equal("second: hi", await AnswerAsync(lease!.Value, "hi"));
    }

    [Fact]
    public async Task ReloadAsync_BrokenNewCode_KeepsTheOld()
    {
        string folder = PluginSource.Install(_root, "evolving", PluginSource.Good);
        await using PluginHost host = Host();
        await host.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);
        PluginSource.Install(_root, "evolving", Variant("/*describe*/", "throw new Exception(\"bad build\");"));

        (PluginStatus status, UnloadVerdict? old) = await host.ReloadAsync("evolving", TestContext.Current.CancellationToken);

        Assert.Equal(PluginState.Faulted, status.State);
        Assert.Null(old);
        Assert.Equal(PluginState.Active, host.List().Single().State);
        Assert.NotNull(host.Acquire<IReasoningStrategy>("echo"));
    }

    [Fact]
    public async Task ReportFault_ThreeTimes_DisablesThePlugin()
    {
        string folder = PluginSource.Install(_root, "flaky", PluginSource.Good);
        await using PluginHost host = Host();
        await host.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);

        for (int i = 0; i < 3; i++)
        {
            PluginException error = host.ReportFault("flaky", "answering", new InvalidOperationException("oops"));
            Assert.Contains("Plugin 'flaky' failed while answering: InvalidOperationException: oops", error.Message, StringComparison.Ordinal);
        }

        Assert.Null(host.Acquire<IReasoningStrategy>("echo"));
        Assert.Equal(PluginState.Disabled, host.List().Single().State);
    }

    [Fact]
    public async Task LoadAsync_FirstParty_CannotBeUnloaded()
    {
        string folder = PluginSource.Install(_root, "own", PluginSource.Good);
        await using PluginHost host = Host();
        await host.LoadAsync(folder, PluginTrust.FirstParty, TestContext.Current.CancellationToken);

        PluginException error = await Assert.ThrowsAsync<PluginException>(() => host.UnloadAsync("own", TestContext.Current.CancellationToken));

        Assert.Contains("ships with the product", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unlisted", "'Extra.dll' lies in the plugin's folder but not in its manifest")]
    [InlineData("contract", "'Agents.Abstractions.dll' belongs to the host")]
    [InlineData("missing", "the manifest lists 'Gone.dll', which is missing")]
    [InlineData("native", "'getpid' calls native code")]
    [InlineData("entry", "the entry type 'Sample.Nothing' is not in 'Sample.dll'")]
    [InlineData("announced", "announces 'other' (reasoning-strategy), which Describe does not offer")]
    [InlineData("unannounced", "the feature 'echo' of kind 'reasoning-strategy' is not announced")]
    [InlineData("link", "is reached through a link")]
    public async Task LoadAsync_RuleBroken_NamesTheRule(string rule, string expected)
    {
        string folder = Path.Combine(_root, rule);
        switch (rule)
        {
            case "unlisted":
                PluginSource.Install(_root, rule, PluginSource.Good);
                PluginSource.Compile("public class Extra {}", Path.Combine(folder, "Extra.dll"), "Extra");
                break;
            case "contract":
                Directory.CreateDirectory(folder);
                File.Copy(typeof(Agents.Plugins.IPlugin).Assembly.Location, Path.Combine(folder, "Agents.Abstractions.dll"));
                PluginSource.Install(_root, rule, PluginSource.Good);
                break;
            case "missing":
                Directory.CreateDirectory(folder);
                await File.WriteAllTextAsync(Path.Combine(folder, "Gone.dll"), "", TestContext.Current.CancellationToken);
                PluginSource.Install(_root, rule, PluginSource.Good);
                File.Delete(Path.Combine(folder, "Gone.dll"));
                break;
            case "native":
                PluginSource.Install(_root, rule, PluginSource.Good + "\npublic static class Native { [System.Runtime.InteropServices.DllImport(\"libc\")] public static extern int getpid(); }");
                break;
            case "entry":
                PluginSource.Install(_root, rule, PluginSource.Good, type: "Sample.Nothing");
                break;
            case "announced":
                PluginSource.Install(_root, rule, PluginSource.Good, features: ["echo", "other"]);
                break;
            case "unannounced":
                PluginSource.Install(_root, rule, PluginSource.Good, features: []);
                break;
            case "link":
                PluginSource.Install(_root, rule, PluginSource.Good);
                string elsewhere = Path.Combine(_root, "elsewhere.dll");
                File.Move(Path.Combine(folder, "Sample.dll"), elsewhere);
                File.CreateSymbolicLink(Path.Combine(folder, "Sample.dll"), elsewhere);
                break;
        }

        await using PluginHost host = Host();

        PluginStatus status = await host.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);

        Assert.NotEqual(PluginState.Active, status.State);
        Assert.Contains(expected, status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_NotOnTheAllowList_PrintsTheHashToPin()
    {
        string folder = PluginSource.Install(_root, "unknown", PluginSource.Good);
        string hash = PluginManifestReader.Read(folder).Hash;
        await using PluginHost strict = Host(options => options with { AllowedThirdPartyHashes = [] });
        await using PluginHost pinned = Host(options => options with { AllowedThirdPartyHashes = [hash] });

        PluginStatus refused = await strict.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);
        PluginStatus loaded = await pinned.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);

        Assert.Equal(PluginState.Refused, refused.State);
        Assert.Contains(hash, refused.Reason, StringComparison.Ordinal);
        Assert.Equal(PluginState.Active, loaded.State);
    }

    [Fact]
    public async Task LoadAsync_SameIdOrFeatureTwice_RefusesTheSecond()
    {
        string first = PluginSource.Install(Path.Combine(_root, "a"), "twin", PluginSource.Good);
        string sameId = PluginSource.Install(Path.Combine(_root, "b"), "twin", PluginSource.Good);
        string sameFeature = PluginSource.Install(Path.Combine(_root, "c"), "other", PluginSource.Good);
        await using PluginHost host = Host();
        await host.LoadAsync(first, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);

        PluginStatus second = await host.LoadAsync(sameId, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);
        PluginStatus third = await host.LoadAsync(sameFeature, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);

        Assert.Contains("a plugin with this id is already loaded", second.Reason, StringComparison.Ordinal);
        Assert.Contains("'echo' is already offered by 'twin'", third.Reason, StringComparison.Ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseOnce(PluginHost host)
    {
        using FeatureLease<IReasoningStrategy>? lease = host.Acquire<IReasoningStrategy>("echo");
        Assert.NotNull(lease);
        return new WeakReference(System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(lease.Value.GetType().Assembly), trackResurrection: true);
    }

    private static async Task<string> AnswerAsync(IReasoningStrategy strategy, string question)
    {
        await foreach (ReasoningUpdate update in strategy.SolveAsync(ReasoningTask.FromQuestion(question), null!, TestContext.Current.CancellationToken))
        {
            if (update is AnswerUpdate answer)
            {
                return answer.Answer.Text;
            }
        }

        throw new UnreachableException("The strategy ended without an answer.");
    }

    private static string Variant(string marker, string code) => PluginSource.Good.Replace(marker, code, StringComparison.Ordinal);

    private static PluginHost Host(params PluginFolder[] folders) => Host(options => options with { Folders = [.. folders] });

    private static PluginHost Host(Func<PluginHostOptions, PluginHostOptions> change) =>
        new(change(new PluginHostOptions { StepLimit = TimeSpan.FromSeconds(0.5), DrainLimit = TimeSpan.FromSeconds(5) }), NullLoggerFactory.Instance, TimeProvider.System);
}
