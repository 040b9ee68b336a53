using Agents.Plugins.CodePipeline.Sandboxing;

namespace Agents.Plugins.CodePipeline.Tests.Sandboxing;

/// <summary>Machines that cannot isolate: one line with the cause and the way out, and nothing runs.</summary>
public sealed class RefusalTests
{
    private const string WayOut = "Programs are never run unprotected: use a flow that runs nothing (basic, ac, act) or the mini-language.";

    [Fact]
    public async Task RequireAsync_NoTools_NamesThemAndTheWayOut()
    {
        var sandbox = new Sandbox(() => SandboxTools.Find("/no-such-folder"));

        CodePipelineException refusal = await Assert.ThrowsAsync<CodePipelineException>(() => sandbox.RequireAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(
            OperatingSystem.IsLinux()
                ? $"The sandbox needs unshare, setpriv, prlimit, timeout, mount, umount, pivot_root, sh, not found in /no-such-folder: install util-linux and coreutils. {WayOut}"
                : $"Model-written programs are isolated by Linux namespaces, which this system does not have. {WayOut}",
            refusal.Message);
    }

    [Fact]
    public async Task RequireAsync_KernelRefuses_NamesTheCauseInOneLine()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("needs a Linux shell to stand in for unshare");
            return;
        }

        string folder = Directory.CreateTempSubdirectory("agents-refusal-").FullName;
        try
        {
            string unshare = Path.Combine(folder, "unshare");
            await File.WriteAllTextAsync(unshare, "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\necho 'second line' >&2\nexit 1\n", TestContext.Current.CancellationToken);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(unshare, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            foreach (string tool in (string[])["setpriv", "prlimit", "timeout", "mount", "umount", "pivot_root", "sh"])
            {
                await File.WriteAllTextAsync(Path.Combine(folder, tool), "", TestContext.Current.CancellationToken);
            }

            var sandbox = new Sandbox(() => SandboxTools.Find(folder));
            CodePipelineException refusal = await Assert.ThrowsAsync<CodePipelineException>(() => sandbox.RequireAsync(TestContext.Current.CancellationToken).AsTask());

            Assert.Contains("(unshare: unshare failed: Operation not permitted; second line)", refusal.Message, StringComparison.Ordinal);
            Assert.EndsWith(WayOut, refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void MountPoint_EverythingIsShown_IsRefused()
    {
        CodePipelineException refusal = Assert.Throws<CodePipelineException>(() => SandboxTools.MountPoint(["/mnt/a", "/media", "/srv/b", "/opt/c", "/home/d", "/tmp/e"]));

        Assert.Contains("no free folder", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MountPoint_SimilarNames_DoNotCount() => Assert.Equal(SandboxTools.MountPoint([]), SandboxTools.MountPoint(["/mntx/a"]));

    [Theory]
    [InlineData("         0          0 4294967295\n", true)]
    [InlineData("0 1000 1\n1 100000 65536\n", true)]
    [InlineData("0 1000 1\n", false)]
    [InlineData("0 0 65534", false)]
    [InlineData("0 0 65535", true)]
    [InlineData("65535 0 10", false)]
    [InlineData("nonsense", false)]
    public void HasNobody_Map_LooksForNobody(string map, bool has) => Assert.Equal(has, UserMap.HasNobody(map));
}
